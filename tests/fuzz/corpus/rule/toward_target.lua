-- SPDX-License-Identifier: Apache-2.0
-- The way from baseline to target, in a straight line. This is the rule of goals that name none.
--   direction up, down   0 at the baseline, 100 at the target and beyond it
--   direction target     100 at the target, 0 as far from it as the baseline is, on either side
--   direction neutral    as up or down, whichever way the target lies from the baseline
-- Without a baseline "up" starts at 0; the others need one.

-- Where the way begins, or an error that says what to change.
local function start_of(ctx)
  local baseline, target = ctx.baseline, ctx.target
  if baseline == nil then
    if ctx.direction ~= "up" then
      error("a goal with direction " .. ctx.direction .. " needs a baseline: give `baseline`", 0)
    end
    baseline = 0
  end
  if ctx.direction == "up" and baseline >= target then
    error("more is better, but the target is not above the baseline: "
          .. "change them, or say `direction = down`", 0)
  elseif ctx.direction == "down" and baseline <= target then
    error("less is better, but the target is not below the baseline: "
          .. "change them, or say `direction = up`", 0)
  elseif baseline == target then
    error("baseline and target are equal: there is no way to measure", 0)
  end
  return baseline
end

-- "up 5 % from 412 ms in the period before"; shares change by points.
local function change_text(value)
  local before = value:prev(1)
  if before.status ~= "ok" then return nil end
  local by = value.value - before.value
  if by == 0 then return "unchanged from {before} in the period before", before end
  local size
  if value.unit == "1" then
    size = fmt.num(math.abs(by) * 100, 1) .. " points"
  elseif value:change() == nil then
    size = fmt.unit(math.abs(by), value.unit)
  else
    size = fmt.pct(math.abs(value:change()))
  end
  return (by > 0 and "up " or "down ") .. size .. " from {before} in the period before", before
end

return rule {
  doc = { en = "Linear from the baseline to the target",
          zh = "从基线到目标线性计分" },
  inputs = { value = { doc = "the value that has a target" } },
  needs = { "target", "baseline_unless_up" },
  score = function(ctx)
    local value, target = ctx.m.value, ctx.target
    local baseline = start_of(ctx)
    local result
    if ctx.direction == "target" then
      local far = math.abs(baseline - target)
      result = score(scale.linear(math.abs(value.value - target), { from = far, to = 0 }))
    else
      result = score(scale.linear(value.value, { from = baseline, to = target }))
    end

    result:because("{value} against a target of {target}",
                   { value = value, target = fmt.unit(target, value.unit) })
    local change, before = change_text(value)
    if change then result:because(change, { before = before }) end
    if value.lower and value.upper then
      result:because("the interval is {lower} to {upper}",
                     { lower = fmt.unit(value.lower, value.unit),
                       upper = fmt.unit(value.upper, value.unit) })
    end
    return result:evidence { value = value.value, baseline = baseline, target = target,
                             lower = value.lower, upper = value.upper }
  end,
}
