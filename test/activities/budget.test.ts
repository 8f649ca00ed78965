import { describe, expect, it } from 'vitest'
import { fittingOutput, type Output } from '../../activities/call-model/money/fitting-output.ts'
import { shortMessage } from '../../activities/call-model/money/short-words.ts'
import { worstOf } from '../../activities/call-model/money/worst-of.ts'
import type { NotReserved } from '../../src/core/ports.ts'

const short = (more: Partial<NotReserved>): NotReserved => ({
  kind: 'short',
  inFlight: false,
  scopeId: 'report-7',
  ...more,
})
/** 1,000 tokens of prompt at $1 and 4,000 of output at $4 a million. */
const output: Output = {
  asked: { tokens: 5_000, pico: '17000000000' },
  maxOutputTokens: 4_000,
  minOutputTokens: 256,
  price: { input: 1, output: 4 },
  percent: 100,
  sharers: 1,
}

describe('an answer that is too long for what is left of a budget', () => {
  it('is asked shorter, by what is too much of money or tokens, to the last token', () => {
    expect(fittingOutput(short({ headroomPico: '13000000000' }), output)).toBe(3_000)
    expect(fittingOutput(short({ headroomPico: '12999999999' }), output)).toBe(2_999)
    expect(fittingOutput(short({ headroomTokens: 4_500 }), output)).toBe(3_500)
    expect(fittingOutput(short({ headroomPico: '13000000000', headroomTokens: 2_000 }), output)).toBe(1_000)
  })

  it('is asked as long as fits at the prices of its tier, which may be dearer', () => {
    const dearer: Output = { ...output, asked: { tokens: 5_000, pico: '102000000000' }, percent: 600 }
    expect(fittingOutput(short({ headroomPico: '78000000000' }), dearer)).toBe(3_000)
    expect(fittingOutput(short({ headroomPico: '77999999999' }), dearer)).toBe(2_999)
  })

  it('takes an even part of what is left beside others that wait, but no less than its class needs where that fits', () => {
    expect(fittingOutput(short({ headroomTokens: 4_500 }), { ...output, sharers: 3 })).toBe(500)
    expect(fittingOutput(short({ headroomPico: '13000000000' }), { ...output, sharers: 2 })).toBe(1_375)
    expect(fittingOutput(short({ headroomTokens: 4_500 }), { ...output, sharers: 30 })).toBe(256)
  })

  it('is not asked where not even the least that the class accepts fits, or where less output would help nothing', () => {
    expect(fittingOutput(short({ headroomTokens: 1_256 }), output)).toBe(256)
    expect(fittingOutput(short({ headroomTokens: 1_255 }), output)).toBeUndefined()
    expect(fittingOutput(short({ headroomPico: '1' }), { ...output, price: { input: 1, output: 0 } })).toBeUndefined()
    expect(fittingOutput(short({}), output)).toBeUndefined()
  })
})

describe('a call that a budget does not admit', () => {
  const endpoint = 'acme:m/one'
  const at = (more: Partial<NotReserved>) => shortMessage({ of: short(more), asked: output.asked, endpoint }, false)

  it('is told which budget, what is left of it, and what to do', () => {
    expect(at({ headroomPico: '13000000000' })).toBe(
      "the run's budget does not admit a call at acme:m/one: $0.013 is left and up to $0.017 would be needed; raise the budget, shorten the prompt or lower minOutputTokens",
    )
    const long = { of: short({ headroomPico: '1' }), asked: output.asked, endpoint, promptTokens: 43_000 }
    expect(shortMessage(long, false)).toMatch(
      /minOutputTokens\. Its prompt has about 43,000 tokens\. Until a vendor has counted it, each of its bytes is held as one, and what was not needed is given back$/,
    )
    // What is named last is a budget, and not the prompt.
    expect(shortMessage({ ...long, also: [{ scopeId: 'b', headroomPico: '2' }] }, true)).toMatch(
      /Nor does .*\. Nobody is asked for what is named last: [^.]*\. Its prompt has about/,
    )
    expect(at({ headroomTokens: 10, slice: true })).toContain(
      "the run's slice of the budget does not admit a call at acme:m/one: 10 tokens are left and up to 5,000 would be needed;",
    )
    const limits = { limitPico: '2000000000000', limitTokens: 900 }
    expect(at({ headroomTokens: 10, budget: { name: 'press', ...limits } })).toContain(
      "'press' of $2 and 900 tokens does",
    )
    expect(at({ headroomTokens: 10, budget: { name: 'busy', limitTokens: 900 } })).toContain(
      "'busy' of 900 tokens does",
    )
    const budget = { name: 'press', limitPico: '2000000000000', endsAtMs: Date.UTC(2026, 11, 1) }
    expect(at({ headroomPico: '0', budget })).toBe(
      "the shared budget 'press' of $2 does not admit a call at acme:m/one: $0 is left and up to $0.017 would be needed; its period ends 2026-12-01T00:00Z; wait until then, raise it (signalbox budget set press --usd <amount>), shorten the prompt or lower minOutputTokens",
    )
  })

  it('is told of what is short alone, and of a price that nobody knows', () => {
    expect(at({ headroomPico: '99000000000', headroomTokens: 10 })).not.toContain('$')
    expect(shortMessage({ of: short({ headroomPico: '1' }), asked: { tokens: 5 }, endpoint }, false)).toContain(
      'its price is unknown',
    )
  })
})

it('holds for an image what the model counts that a deployment is, whatever that is called', () => {
  const tokens = {
    bound: (_: unknown, __: unknown, model?: string) => (model === 'openai/gpt-4o-mini' ? 48_169 : 4_784),
  }
  const held = (names: object) => {
    const endpoint = { id: 'azure:ours', upstream: 'ours', protocol: 'openai', abilities: [], ...names }
    const leaving = { endpoint, prompt: [], maxOutputTokens: 1 }
    return worstOf({ tokens } as never, { tools: [], input: {} } as never, leaving as never, {} as never).tokens
  }
  expect(held({ model: 'azure/ours', like: 'openai/gpt-4o-mini' })).toBe(48_170)
  expect(held({ model: 'openai/gpt-4o-mini' })).toBe(48_170)
  expect(held({ model: 'azure/ours' })).toBe(4_785)
})
