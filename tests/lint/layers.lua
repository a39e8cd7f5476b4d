-- SPDX-License-Identifier: Apache-2.0
-- layers.lua - do the folders of core/ include only downward, and each third party only where it
-- belongs? The ranks and the table are those of docs/architecture.md.
--
--   lua5.4 layers.lua ROOT
--
-- A folder may include itself, the public headers, and folders of lower rank; folders of one rank never
-- each other. Plugins see the public headers and the C library only. Prints each offence; exit code 1.
local root = assert(arg[1], "usage: layers.lua ROOT")

local rank = {
  include = 0, base = 1, config = 2, input = 2, event = 3, host = 3, part = 4, score = 5, store = 5,
  run = 6, report = 7, cli = 8,
}

-- header pattern = the only folders that may include it
local third_party = {
  ["^xxhash%.h$"] = { base = true },
  ["^iniparser%.h$"] = { config = true },
  ["^dictionary%.h$"] = { config = true },
  ["^zlib%.h$"] = { input = true },
  ["^zstd%.h$"] = { part = true, input = true },
  ["^dlfcn%.h$"] = { host = true },
  ["^l[ua]%a*%.h$"] = { score = true }, -- lua.h lualib.h lauxlib.h
}
local not_third_party = { ["langinfo.h"] = true, ["limits.h"] = true }

local offences, files = 0, 0

local function offence(path, line, text)
  offences = offences + 1
  print(("%s:%d: %s"):format(path, line, text))
end

local function check_include(path, number, folder, kind, header)
  if kind == "<" then
    for pattern, allowed in pairs(third_party) do
      if header:match(pattern) and not not_third_party[header] and not allowed[folder] then
        offence(path, number, ("<%s> belongs elsewhere, not in %s/"):format(header, folder))
      end
    end
    if folder == "plugins" and header:match("/") and not header:match("^goalmill/") then
      offence(path, number, ("a plugin includes <%s>"):format(header))
    end
    return
  end
  local target = header:match("^(%a+)/")
  if folder == "plugins" then
    if rank[target] then
      offence(path, number, ("a plugin includes \"%s\"; it may include <goalmill/…> only"):format(header))
    end
  elseif target == nil or rank[target] == nil then
    offence(path, number, ("\"%s\" is no path from core/"):format(header))
  elseif target ~= folder and rank[target] >= rank[folder] then
    offence(path, number, ("%s/ (rank %d) includes \"%s\" (rank %d)"):format(
      folder, rank[folder], header, rank[target]))
  end
end

local function check_file(path, folder)
  files = files + 1
  local number = 0
  for line in io.lines(path) do
    number = number + 1
    local kind, header = line:match('^%s*#%s*include%s*([<"])([^>"]+)[>"]')
    if kind then
      check_include(path, number, folder, kind, header)
    end
  end
end

local function each_source(folder, visit)
  local list = assert(io.popen(("find '%s/%s' -name '*.[ch]' | sort"):format(root, folder)))
  for path in list:lines() do
    visit(path)
  end
  list:close()
end

each_source("core", function(path)
  local folder = path:sub(#root + 2):match("^core/([^/]+)/")
  if folder == nil or rank[folder] == nil then
    offence(path, 1, "stands in no known folder")
  else
    check_file(path, folder)
  end
end)
each_source("plugins", function(path) check_file(path, "plugins") end)

print(("%d files, %d offences"):format(files, offences))
os.exit(offences == 0 and files > 0 and 0 or 1)
