-- SPDX-License-Identifier: Apache-2.0
-- A score by steps:
--   param.at     = 0.60, 0.80      thresholds, all rising, or all falling when less is better
--   param.scores = 0, 60, 100      one more: the first before at[1] is reached, the second from it on
-- With a single threshold the goal's direction tells which side is the better one.
return rule {
  doc = { en = "A score by steps", zh = "按区间计分" },
  inputs = { value = { doc = "the value that is placed in a band" } },
  params = {
    at     = { required = "numbers", doc = "thresholds, all rising or all falling" },
    scores = { required = "numbers", min = 0, max = 100,
               doc = "scores, one more than thresholds" },
  },
  score = function(ctx)
    local value, at = ctx.m.value, ctx.param.at
    local falling = ctx.direction == "down"
    if #at > 1 then falling = at[2] < at[1] end
    local points, reached = scale.step(value.value,
                                       { at = at, scores = ctx.param.scores, falling = falling })

    local inside, beyond = "at or above", "below"
    if falling then inside, beyond = "at or below", "above" end
    local result = score(points)
    if reached > 0 then
      result:because("{value} is " .. inside .. " {at}",
                     { value = value, at = fmt.unit(at[reached], value.unit) })
    end
    if reached < #at then
      result:because("{value} is " .. beyond .. " {at}",
                     { value = value, at = fmt.unit(at[reached + 1], value.unit) })
    end
    return result:evidence { value = value.value, reached = reached }
  end,
}
