-- Share of voice counts only while people speak well of us and the voice is not bought.
-- Score 0 to 100; text by language.
return rule {
  doc    = { en = "Share of voice, capped when its tone falls or too much of it is paid",
             zh = "声量份额；情感明显下滑或付费占比过高时封顶" },
  inputs = {
    value     = { doc = "share of voice of the own brand" },
    sentiment = { doc = "net sentiment of the same mentions", optional = true },
    paid      = { doc = "share of paid mentions", optional = true },
  },
  params = {
    max_drop = { 0.05, min = 0, max = 2, doc = "fall of net sentiment that is tolerated" },
    max_paid = { 0.30, min = 0, max = 1, doc = "share of paid mentions that is tolerated" },
  },
  score = function(ctx)
    local voice, tone, paid = ctx.m.value, ctx.m.sentiment, ctx.m.paid

    local result = score(scale.linear(voice.value, { from = ctx.baseline, to = ctx.target }))
      :because({ en = "share of voice {v} ({lo} to {hi}), target {t}",
                 zh = "声量份额 {v}（{lo} 至 {hi}），目标 {t}" },
               { v = fmt.pct(voice.value), lo = fmt.pct(voice.lower), hi = fmt.pct(voice.upper), t = fmt.pct(ctx.target) })

    -- A fall counts only when the intervals of the two periods prove it.
    local before = tone:prev(1)
    if tone.status == "ok" and before.status == "ok" and tone.upper < before.lower - ctx.param.max_drop then
      result = result:cap(59, { en = "net sentiment fell from {a} to {b}", zh = "净情感由 {a} 降至 {b}" },
                          { a = fmt.num(before.value, 2), b = fmt.num(tone.value, 2) })
    elseif tone.status ~= "ok" then
      result = result:flag("sentiment_unknown")
    end

    if paid.status == "ok" and paid.lower > ctx.param.max_paid then
      result = result:cap(59, { en = "{p} of the voice is paid", zh = "付费声量占 {p}" }, { p = fmt.pct(paid.value) })
    end

    return result:evidence { mentions = voice.den, paid = paid.status == "ok" and paid.value or nil }
  end,
}
