-- Attacks on the sandbox: each "--== name: end" begins the body of a score function, and says how it
-- must end. `score` means that it does no harm and the rule returns.
--== rep_of_a_gigabyte: error
local s = string.rep("x", 1e9)
--== rep_of_a_gigabyte_caught: score
local ok = pcall(string.rep, "x", 1e9)
return score(ok and 1 or 50)
--== rep_of_nothing: score
local s = string.rep("", math.maxinteger)
return score(#s)
--== endless_while: fuel
while true do end
--== endless_goto: fuel
::again:: goto again
--== endless_for: fuel
for i = 1, math.huge do end
--== endless_comparator: fuel
table.sort({ 3, 2, 1 }, function() while true do end end)
--== endless_in_pcall: fuel
pcall(function() while true do end end)
return score(100)
--== pcall_of_endless_again_and_again: fuel
while true do pcall(function() while true do end end) end
--== pcall_of_errors: fuel
while true do pcall(error, {}) end
--== pcall_tree: fuel
local function f() pcall(f) pcall(f) end
f()
--== xpcall_with_endless_handler: error
xpcall(function() while true do end end, function() while true do end end)
--== endless_finalizer: error
setmetatable({}, { __gc = function() while true do end end })
--== garbage_control: error
collectgarbage("stop")
--== pattern_exponential: error
return string.find(("a"):rep(30), ("a?"):rep(30) .. ("a"):rep(30))
--== pattern_method: error
return ("a"):rep(30):gsub(".-b", "")
--== table_move: error
table.move({}, 1, 1e9, 2)
--== insert_at_the_front: fuel
local t = {}
while true do table.insert(t, 1, 0) end
--== remove_at_the_front: fuel
local t = {}
for i = 1, 50000 do t[i] = i end
while true do table.insert(t, table.remove(t, 1)) end
--== doubling_text: text
local s = "x"
while true do s = s .. s end
--== doubling_text_in_pcall: text
while true do
  pcall(function()
    local s = "x"
    while true do s = s .. s end
  end)
end
--== concat_bomb: error
local t = {}
for i = 1, 100 do t[i] = ("x"):rep(60000) end
table.concat(t)
--== coroutine_loop: error
while true do coroutine.wrap(function() end)() end
--== compare_long_texts: fuel
local a, b = ("a"):rep(65535) .. "x", ("a"):rep(65535) .. "y"
while true do local _ = a < b end
--== compare_equal_long_texts: fuel
local a, b = ("a"):rep(65535) .. "x", ("a"):rep(65535) .. "x"
while true do local _ = a == b end
--== long_text_as_number: fuel
local s = ("1"):rep(65000)
while true do for _ = 1, s do break end end
--== long_text_tonumber: fuel
local s = ("1"):rep(65000)
while true do tonumber(s) end
--== long_text_tonumber_of_base: fuel
local s = ("0"):rep(65000)
while true do tonumber(s, 36) end
--== long_text_lower: fuel
local s = ("A"):rep(65000)
while true do s:lower() end
--== long_text_length: fuel
local s = ("ä"):rep(32000)
while true do utf8.len(s) end
--== long_text_bytes: fuel
local s = ("A"):rep(9000)
while true do s:byte(1, -1) end
--== long_text_all_bytes: deep
local s = ("A"):rep(65000)
while true do s:byte(1, -1) end
--== many_long_texts: fuel
local s = ("x"):rep(65000)
local i = 0
while true do i = i + 1 local _ = s .. i end
--== long_keys: fuel
local s, t = ("x"):rep(65000), {}
local i = 0
while true do i = i + 1 t[s .. i] = nil end
--== long_format: fuel
local s = ("x"):rep(60000)
while true do string.format("%s", s) end
--== wide_numbers: fuel
while true do string.format("%99.99f", 1e308) end
--== varargs_copied: fuel
local t = {}
for i = 1, 4000 do t[i] = i end
local function f(...) while true do select("#", ...) end end
f(table.unpack(t))
--== varargs_by_tail_calls: deep
local t = {}
for i = 1, 9000 do t[i] = i end
local function f(a, b, c, ...) return f(1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, c, ...) end
f(table.unpack(t))
--== unpack_ten_million: error
table.unpack({}, 1, 1e7)
--== deep_recursion: deep
local function f() return 1 + f() end
f()
--== deep_c_recursion: error
local function f() table.sort({ 1, 2 }, f) end
f()
--== deep_c_recursion_caught: score
local function f() return pcall(f) end
f()
return score(1)
--== table_bomb: memory
local t = {}
for i = 1, 1e7 do t[i] = { {} } end
--== large_table: block
local t = {}
for i = 1, 1e7 do t[i] = i end
--== full_memory_and_pcall: fuel
local t = {}
while true do pcall(function() while true do t[#t + 1] = ("x"):rep(1000) .. #t end end) end
--== rehash_again_and_again: fuel
local t = {}
for i = 1, 60000 do t["k" .. i] = i end
local i = 60000
while true do t["k" .. (i - 60000 + 1)] = nil i = i + 1 t["k" .. i] = i end
--== pairs_of_a_large_table: fuel
local t = {}
for i = 1, 20000 do t["k" .. i] = i end
while true do pairs(t) end
--== sort_of_a_large_table: fuel
local t = {}
for i = 1, 20000 do t[i] = (i * 7919) % 20011 end
while true do table.sort(t) table.sort(t, function(a, b) return a > b end) end
--== concat_of_a_large_table: fuel
local t = {}
for i = 1, 20000 do t[i] = 1 end
while true do table.concat(t) end
--== unordered_comparator: score
local t = {}
for i = 1, 1000 do t[i] = (i * 7919) % 1009 end
table.sort(t, function() return true end)
return score(#t / 10)
--== results_without_end: fuel
while true do score(1):because("x"):evidence { a = 1 }:flag("f") end
--== series_without_end: fuel
while true do ctx.m.value:series() end
--== long_error: error
error(("x"):rep(60000))
--== error_object: error
error({ code = 7 })
--== bytecode: error
load("\27Lua")()
--== iterator_misused: error
local f = ipairs({})
f("x", 0)
--== metatable_of_texts: error
local t = getmetatable("")
--== result_misused: error
score(1).because(ctx, "x")
--== globals: error
_ENV.x = 1
--== environment_replaced: error
local _ENV = {}
return score(1)
--== libraries_broken: score
string.rep, math.floor, fmt.num, table.sort, scale.linear = nil, nil, nil, nil, nil
return score(7)
