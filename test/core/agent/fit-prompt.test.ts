import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compacted, fitPrompt } from '../../../src/core/agent/fit-prompt.ts'
import { addAnswer, NEW_PROMPT } from '../../../src/core/agent/prompt-state.ts'
import { userMessage } from '../../../src/core/agent/words.ts'
import type { Addition, Answer, PromptBounds, PromptState } from '../../../src/core/protocol.ts'

const BOUNDS: PromptBounds = { ceiling: 100_000, keptSteps: 3, cachedShare: 0.1, compactionClass: 'compaction' }
const RESULT_BYTES = 5_000

describe('a prompt below its ceiling', () => {
  it('stays as it is', () => {
    expect(fitPrompt({ ...at(walk(20)), bounds: BOUNDS }).do).toBe('keep')
  })
})

describe('a prompt at its ceiling', () => {
  it('loses its oldest results, in a step that is big enough to be seldom, and keeps the newest', () => {
    const { views } = long(BOUNDS, 400)
    expect(views.length).toBeGreaterThan(2)
    for (const [index, view] of views.entries()) {
      expect(view.by).toBe('clearing')
      // Each step adds about 1,600 tokens: seven would be a tenth of the ceiling.
      if (index > 0) expect(view.since - views[index - 1]!.since).toBeGreaterThanOrEqual(7)
    }
  })

  it('keeps the results of as many steps as it is told to, however little has to go', () => {
    for (const keptSteps of [1, 3, 40]) {
      const { state } = walk(60)
      // What a cached token costs next to nothing, so that as much is cleared as may be.
      const bounds = { ...BOUNDS, keptSteps, cachedShare: 0.001 }
      const decision = fitPrompt({ ...at(walk(60)), state: { ...state, tokens: 100_001 }, bounds })
      expect(decision).toMatchObject({ do: 'clear', next: { whole: state.whole.slice(-keptSteps), clearings: 1 } })
      expect(decision).toMatchObject({ next: { view: { clearedBefore: state.whole.at(-keptSteps)!.answer } } })
    }
  })

  it('is summed up as far as the steps that are to be kept, and counts the summary in place of what it has summed up', () => {
    for (const keptSteps of [2, 5]) {
      const { state: walked, length, step } = walk(8)
      const state = { ...walked, tokens: 99_990 }
      const until = state.whole.at(-keptSteps)!.answer
      expect(fitPrompt({ ...at({ state, length, step }), bounds: { ...BOUNDS, keptSteps } })).toEqual({
        do: 'compact',
        until,
      })
      const summary = { lineage: 'summary', length: 1 }
      const after = compacted(state, { until, summary, summaryTokens: 500, step })
      const kept = state.whole.slice(-keptSteps)
      expect(after).toMatchObject({ whole: kept, compactions: 1, view: { since: step, compacted: { until, summary } } })
      expect(after.tokens).toBe(
        state.headTokens + 500 + kept.reduce((sum, each) => sum + each.results + each.others, 0),
      )
    }
  })

  it('is cleared by more at a time where the cache is worth more', () => {
    const [dear, none] = [0.1, 1].map(cachedShare => long({ ...BOUNDS, cachedShare }, 200).views)
    expect(none!.length).toBeGreaterThan(dear!.length)
  })

  it('is summed up once its results are notes, up to an answer, so that calls and results stay together', () => {
    const { compactions, state } = long(BOUNDS, 3_000)
    expect(compactions).toBeGreaterThan(0)
    expect(state.view?.compacted).toMatchObject({ head: 2 })
    // System and user come first, so answers stand at even positions.
    expect(state.view!.compacted!.until % 2).toBe(0)
  })

  it('loses even its newest results where they alone are too long', () => {
    const grown = walk(2)
    const additions = [results(500_000)]
    const decision = fitPrompt({ ...at(grown), additions, bounds: BOUNDS })
    expect(decision).toMatchObject({ do: 'clear', next: { view: { clearedBefore: grown.length + 1 } } })
    // Once: where notes are too long as well, and nobody could sum them up, it goes on as it is.
    const state = decision.do === 'clear' ? decision.next : grown.state
    const again = { ...state, tokens: 101_000, compactionFailed: true as const }
    expect(fitPrompt({ ...at(grown), state: again, additions, bounds: BOUNDS })).toEqual({ do: 'keep' })
  })

  it('loses its newest results before anyone is paid for a summary that would leave it too long', () => {
    const state: PromptState = { ...at(walk(20)).state, tokens: 95_000 }
    const additions = [results(500_000)]
    const decision = fitPrompt({ ...at(walk(20)), state, additions, bounds: BOUNDS })
    expect(decision).toMatchObject({ do: 'clear', next: { view: { clearedBefore: walk(20).length + 1 } } })
  })

  it('counts what short steps have added since the long ones: no summary is asked for that would stand in place of next to nothing', () => {
    let { state, length } = walk(6)
    for (let step = 7; step <= 60; step += 1) {
      length += 2
      state = addAnswer(state, [results(100)], answer(length, state.tokens + 1_700))
    }
    const decision = fitPrompt({ state, length, additions: [results(100)], step: 61, bounds: BOUNDS })
    expect(decision).toMatchObject({ do: 'clear', next: { whole: [] } })
    const again = fitPrompt({
      ...{ state: decision.do === 'clear' ? { ...decision.next, tokens: 101_000 } : state, length, bounds: BOUNDS },
      ...{ additions: [results(100)], step: 62 },
    })
    expect(again).toEqual({ do: 'compact', until: length - 1 })
  })

  it('is summed up but for the last answer where no long result marks the steps', () => {
    const state: PromptState = { ...NEW_PROMPT, head: 2, headTokens: 100, tokens: 99_990 }
    const decision = fitPrompt({ state, length: 400, additions: [results(100)], step: 200, bounds: BOUNDS })
    expect(decision).toEqual({ do: 'compact', until: 399 })
  })

  it('is counted on, with its results where they are, if another agent takes it over', () => {
    const { state, length, step } = walk(6)
    const instructions = { role: 'system', content: 'x'.repeat(7_000) } as const
    const handed: Addition = { role: 'handed-over', transcript: { lineage: 'main', length } }
    const additions = [instructions, handed, results(RESULT_BYTES), userMessage('Go on.')]
    const tight = { ...BOUNDS, ceiling: state.tokens + 1_000, keptSteps: 1 }
    expect(fitPrompt({ state, length, additions, step, bounds: tight }).do).toBe('clear')
    const after = addAnswer(state, additions, answer(length + 3, state.tokens + 4_000))
    expect(after.headTokens).toBeGreaterThan(2_000)
    expect(after.whole.at(-1)?.answer).toBe(length - 1)
    // Back at the first: what it is counts once, however often it changes hands.
    const back = addAnswer(after, [instructions, handed, userMessage('Go on.')], answer(length + 5, after.tokens + 10))
    expect(back.headTokens).toBe(after.headTokens)
  })

  it('is summed up where its steps say much and their results are short', () => {
    const whole = Array.from({ length: 20 }, (_, at) => ({ answer: 2 * at + 2, results: 200, others: 4_800 }))
    const state: PromptState = { ...NEW_PROMPT, head: 2, headTokens: 400, tokens: 100_400, whole }
    const decision = fitPrompt({ ...at({ state, length: 43, step: 21 }), bounds: BOUNDS })
    expect(decision).toEqual({ do: 'compact', until: whole.at(-3)!.answer })
  })

  it('is not summed up again where only its summary is long', () => {
    const { state: walked, length, step } = walk(8)
    const until = walked.whole.at(-3)!.answer
    const summary = { lineage: 'summary', length: 1 }
    const state = compacted(walked, { until, summary, summaryTokens: 99_000, step })
    expect(fitPrompt({ ...at({ state, length, step }), bounds: BOUNDS }).do).not.toBe('compact')
  })

  it('goes on as it is where nothing can be taken out', () => {
    const begun = addAnswer(NEW_PROMPT, [], answer(3, 99_000))
    const state = addAnswer(begun, [results(100)], answer(5, 99_990))
    expect(fitPrompt({ state, length: 5, additions: [results(100)], step: 3, bounds: BOUNDS }).do).toBe('keep')
  })
})

describe('whatever the results are', () => {
  it('a prompt stays under its ceiling, views only move on, and no result is parted from its call', () => {
    const usual = fc.integer({ min: 2, max: 60_000 })
    const huge = fc.integer({ min: 60_000, max: 2_000_000 })
    const bytesOf = fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: huge })
    const sizes = fc.array(bytesOf, { minLength: 1, maxLength: 150, size: 'max' })
    const share = fc.double({ min: 0.05, max: 1, noNaN: true })
    fc.assert(
      fc.property(sizes, share, fc.integer({ min: 50, max: 6_000 }), (bytes, cachedShare, others) => {
        const bounds = { ...BOUNDS, cachedShare }
        const { views } = long(bounds, bytes.length, index => bytes[index]!, others)
        let [cleared, until] = [0, 0]
        for (const view of views) {
          expect(view.clearedBefore).toBeGreaterThanOrEqual(cleared)
          expect(view.compacted?.until ?? 0).toBeGreaterThanOrEqual(until)
          expect((view.compacted?.until ?? 0) % 2).toBe(0)
          cleared = view.clearedBefore
          until = view.compacted?.until ?? 0
        }
      }),
    )
  })
})

interface Walk {
  readonly state: PromptState
  readonly length: number
  readonly step: number
}

function at({ state, length, step }: Walk) {
  return { state, length, step, additions: [results(RESULT_BYTES)] }
}

/** A run whose vendor counts exactly what stands in its prompt; checks at each call that it fits. */
function long(
  bounds: PromptBounds,
  steps: number,
  bytesOf: (index: number) => number = () => RESULT_BYTES,
  others = OTHERS,
) {
  const views: NonNullable<PromptState['view']>[] = []
  let { state, length } = walk(1)
  let compactions = 0
  const sizes = new Map<number, number>()
  for (let index = 0; index < steps; index += 1) {
    const bytes = bytesOf(index)
    const additions = [results(bytes)]
    sizes.set(length, bytes)
    const decision = fitPrompt({ state, length, additions, step: index + 2, bounds })
    if (decision.do === 'clear') state = decision.next
    if (decision.do === 'compact') {
      compactions += 1
      const summary = { lineage: 'summary', length: 1 }
      state = compacted(state, { until: decision.until, summary, summaryTokens: 500, step: index + 2 })
      const again = fitPrompt({ state, length, additions, step: index + 3, bounds })
      expect(again.do).not.toBe('compact')
      if (again.do === 'clear') state = again.next
    }
    if (decision.do !== 'keep') views.push(state.view!)
    length += 2
    const tokens = counted(state, length, sizes, others)
    // What the answers say, this one and the last, is in no estimate.
    expect(tokens).toBeLessThanOrEqual(bounds.ceiling + 2 * others + 200)
    state = addAnswer(state, additions, answer(length, tokens))
  }
  return { views, state, compactions }
}

const OTHERS = 100
const NOTE = 40

function counted({ view }: PromptState, length: number, sizes: ReadonlyMap<number, number>, others: number): number {
  const { compacted: summed, clearedBefore = 0 } = view ?? {}
  let tokens = 300 + (summed ? 500 : 0)
  for (let position = summed?.until ?? 2; position < length; position += 1) {
    const bytes = sizes.get(position)
    if (bytes === undefined) tokens += others
    else tokens += position < clearedBefore && bytes > 512 ? NOTE : Math.ceil(bytes / 3.5)
  }
  return tokens
}

function walk(steps: number): Walk {
  let state = addAnswer(NEW_PROMPT, [], answer(3, 400))
  let length = 3
  for (let step = 1; step < steps; step += 1) {
    length += 2
    state = addAnswer(state, [results(RESULT_BYTES)], answer(length, state.tokens + 1_600))
  }
  return { state, length, step: steps + 1 }
}

function results(bytes: number): Addition {
  const result = {
    toolCallId: 'a',
    toolName: 'search',
    isError: false,
    preview: '',
    bytes,
    stored: bytes > 512,
    step: 1,
  }
  return { role: 'tool-results', results: [result] }
}

function answer(length: number, promptTokens: number): Answer {
  const transcript = { lineage: 'main', length }
  const known = { endpoint: 'one:acme/small', promptTokens, length }
  return {
    callId: '',
    text: '',
    toolCalls: [],
    truncated: false,
    endpoint: known.endpoint,
    model: '',
    transcript,
    known,
  }
}
