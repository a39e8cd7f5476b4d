-- SPDX-License-Identifier: Apache-2.0
-- style.lua - the habits of docs/contributing.md that a script can check: licence line, length of files,
-- unique names, forbidden calls, malloc only in base/, no tabs or trailing blanks.
--
--   lua5.4 style.lua ROOT      prints each offence; exit code 1 when there is one
local root = assert(arg[1], "usage: style.lua ROOT")

local forbidden = { "strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atof", "strncpy",
  "localtime", "gmtime", "rand", "srand", "system", "gets" }
local allocators = { "malloc", "calloc", "realloc", "free", "strdup", "strndup" }
local lines_max = { c = 600, h = 600, lua = 600, mjs = 600 }

local offences, files, seen = 0, 0, {}

local function offence(path, line, text)
  offences = offences + 1
  print(("%s:%d: %s"):format(path, line, text))
end

-- A line without strings and comments, as far as a line by itself can tell.
local function code_of(line)
  line = line:gsub('"[^"]*"', '""'):gsub("//.*", ""):gsub("/%*.-%*/", "")
  if line:match("^%s*%*") or line:match("^%s*/%*") then
    return ""
  end
  return line
end

local function calls(code, name)
  return code:match("^" .. name .. "%s*%(") or code:match("[^%w_.>]" .. name .. "%s*%(")
end

local function check_c_line(path, number, line)
  local code = code_of(line)
  for _, name in ipairs(forbidden) do
    if calls(code, name) then
      offence(path, number, name .. "() is forbidden")
    end
  end
  if path:match("/core/") and not path:match("/core/base/mem%.c$") then
    for _, name in ipairs(allocators) do
      if calls(code, name) then
        offence(path, number, name .. "(): allocation belongs to base/mem.h")
      end
    end
  end
end

local function check_file(path)
  local kind = path:match("%.(%a+)$")
  local name = path:match("([^/]+)$")
  files = files + 1
  if kind == "c" or kind == "h" then
    if seen[name] then
      offence(path, 1, "has the same name as " .. seen[name])
    end
    seen[name] = path
  end
  local number = 0
  for line in io.lines(path) do
    number = number + 1
    if number == 1 and not line:match("SPDX%-License%-Identifier: Apache%-2%.0") and not line:match("^#!") then
      offence(path, 1, "the first line is no licence line")
    end
    if line:match("\t") or line:match("%s$") then
      offence(path, number, "tab or trailing blank")
    end
    if kind == "c" or kind == "h" then
      check_c_line(path, number, line)
    end
  end
  if number >= lines_max[kind] then
    offence(path, number, ("has %d lines, the limit is %d"):format(number, lines_max[kind]))
  end
end

local list = assert(io.popen(("cd '%s' && find core plugins scripts tests examples " ..
  "-path tests/node_modules -prune -o -path tests/data -prune -o " ..
  "\\( -name '*.[ch]' -o -name '*.lua' -o -name '*.mjs' \\) -print | sort"):format(root)))
for path in list:lines() do
  check_file(root .. "/" .. path)
end
list:close()

print(("%d files, %d offences"):format(files, offences))
os.exit(offences == 0 and files > 0 and 0 or 1)
