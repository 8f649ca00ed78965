import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance } from '../../../src/core/agent/advance.ts'
import { type AgentDirective, type AgentEvent, type AgentState, NEW_AGENT } from '../../../src/core/agent/state.ts'
import type { AgentLimits, Answer, ToolCallRef, ToolResultRef } from '../../../src/core/protocol.ts'

const LIMITS: AgentLimits = { steps: 5, parallelTools: 2 }
const BEGIN: AgentEvent = { kind: 'begin', instructions: 'be brief', input: 'compare' }

describe('the agent loop', () => {
  it('opens with the instructions and the question', () => {
    const [, directive] = advance(NEW_AGENT, BEGIN, LIMITS)
    expect(directive).toEqual({
      do: 'call',
      additions: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: [{ type: 'text', text: 'compare' }] },
      ],
    })
  })

  it('ends with the text of an answer that asks for no tools', () => {
    expect(play([BEGIN, answered('done')]).at(-1)).toEqual({ do: 'end', end: { kind: 'answered', text: 'done' } })
  })

  it('says of a last answer that ended at its output limit that it is not whole', () => {
    const cut = answered('half')
    const end = cut.kind === 'answered' && { ...cut, answer: { ...cut.answer, truncated: true } }
    expect(play([BEGIN, end as AgentEvent]).at(-1)).toMatchObject({ end: { kind: 'answered', truncated: true } })
  })

  it('ends with the value of an answer that has one, whatever it is', () => {
    for (const value of [{ publish: true }, false, null]) {
      const end = answered('{}')
      const answer = end.kind === 'answered' && { ...end.answer, value }
      expect(play([BEGIN, { ...end, answer } as AgentEvent]).at(-1)).toMatchObject({ end: { output: value } })
    }
    expect(play([BEGIN, answered('done')]).at(-1)).not.toHaveProperty('end.output')
  })

  it('leaves the beginning of a result out of the transcript where the whole lies in the store', () => {
    const stored = { ...done('a').result, preview: 'x'.repeat(500), bytes: 9_000, stored: true }
    const directives = play([
      ...[BEGIN, answered('', [tool('a'), tool('b')])],
      ...[{ kind: 'tool-done', result: stored } as const, done('b')],
    ])
    expect(directives.at(-1)).toMatchObject({
      additions: [
        {
          results: [
            { toolCallId: 'a', preview: '', bytes: 9_000 },
            { toolCallId: 'b', preview: '1' },
          ],
        },
      ],
    })
  })

  it('keeps the first result of a tool', () => {
    const again = { ...done('a').result, isError: true, preview: '"lost"' }
    const directives = play([
      BEGIN,
      answered('', [tool('a'), tool('b')]),
      ...[done('a'), { kind: 'tool-done', result: again } as const, done('b')],
    ])
    expect(directives.at(-1)).toMatchObject({ additions: [{ results: [{ isError: false }, { isError: false }] }] })
  })

  it('runs no more tools at once than the limit, and calls again with all results in the order they were asked for', () => {
    const directives = play([BEGIN, answered('', [tool('a'), tool('b'), tool('c')]), done('b'), done('c'), done('a')])
    expect(names(directives[1])).toEqual(['a', 'b'])
    expect(names(directives[2])).toEqual(['c'])
    expect(directives[4]).toMatchObject({
      do: 'call',
      additions: [{ role: 'tool-results', results: [{ toolCallId: 'a' }, { toolCallId: 'b' }, { toolCallId: 'c' }] }],
    })
  })

  it('fills a place that becomes free with one tool, not with all that wait', () => {
    const tools = ['a', 'b', 'c', 'd'].map(name => tool(name))
    const directives = play([BEGIN, answered('', tools), done('a'), done('b'), done('c'), done('d')])
    expect(directives.slice(1, 5).map(names)).toEqual([['a', 'b'], ['c'], ['d'], []])
  })

  it('goes on with the other tools of a step while one awaits approval, and waits for that one alone', () => {
    const directives = play([BEGIN, answered('', [tool('a', true), tool('b')]), done('b'), decided('a', 'approve')])
    expect(names(directives[1])).toEqual(['b'])
    expect(directives[2]).toEqual({ do: 'rest' })
    expect(names(directives[3])).toEqual(['a'])
  })

  it('tells the model who denied a tool and why, as the result of the tool', () => {
    const decision = { toolCallId: 'a', decision: 'deny', by: 'Ada', note: 'not today' } as const
    const directives = play([BEGIN, answered('', [tool('a', true)]), { kind: 'decided', decision }])
    expect(directives[2]).toMatchObject({
      do: 'call',
      additions: [{ results: [{ isError: true, preview: '"denied by Ada: not today"', step: 1, bytes: 26 }] }],
    })
    expect(play([BEGIN, answered('', [tool('a', true)]), decided('a', 'deny')])[2]).toMatchObject({
      additions: [{ results: [{ preview: '"denied by a person"' }] }],
    })
  })

  it('waits for people until the time that the tool names, and tells the model when nobody came', () => {
    const asked: ToolCallRef = { ...tool('a', true), deadline: { withinMs: 5_000, otherwise: 'deny' } }
    const [begun] = advance(NEW_AGENT, BEGIN, LIMITS)
    const [waiting] = advance(begun, answered('', [asked]), LIMITS)
    expect(waiting.tools).toMatchObject([{ status: 'awaiting-approval', until: { atMs: 6_000, otherwise: 'deny' } }])
    const decision = { toolCallId: 'a', decision: 'deny', deadline: true } as const
    expect(advance(waiting, { kind: 'decided', decision }, LIMITS)[1]).toMatchObject({
      additions: [{ results: [{ toolName: 'look', isError: true, preview: '"denied: nobody approved it in time"' }] }],
    })
  })

  it('ignores a second decision on the same tool', () => {
    const events = [BEGIN, answered('', [tool('a', true)]), decided('a', 'approve'), decided('a', 'deny')]
    expect(play(events).slice(2)).toEqual([{ do: 'run-tools', calls: [tool('a', true)] }, { do: 'rest' }])
  })

  it('puts what people said behind the tool results of the same step', () => {
    const directives = play([BEGIN, answered('', [tool('a')]), { kind: 'said', text: 'shorter' }, done('a')])
    expect(directives[3]).toMatchObject({ additions: [{ role: 'tool-results' }, { role: 'user' }] })
  })

  it('tells the model all that people said meanwhile, once', () => {
    const said = (text: string): AgentEvent => ({ kind: 'said', text })
    const directives = play([BEGIN, said('and Wales?'), said('and Cornwall?'), answered('done'), answered('done')])
    const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] })
    expect(directives[3]).toMatchObject({ additions: [user('and Wales?'), user('and Cornwall?')] })
    expect(directives[4]).toMatchObject({ do: 'end' })
  })

  it('goes on after an answer when somebody spoke meanwhile', () => {
    const directives = play([BEGIN, { kind: 'said', text: 'and Wales?' }, answered('done')])
    expect(directives[2]).toMatchObject({ do: 'call', additions: [{ role: 'user' }] })
  })

  it('lets running tools finish after a stop, starts nothing more, and keeps the last text', () => {
    const stop: AgentEvent = { kind: 'stop' }
    const directives = play([BEGIN, answered('so far', [tool('a'), tool('b', true)]), stop, done('a')])
    expect(directives.slice(2)).toEqual([{ do: 'rest' }, { do: 'end', end: { kind: 'stopped', text: 'so far' } }])
  })

  it('ends at a stop that comes while a tool waits for people, who may never decide', () => {
    const directives = play([BEGIN, answered('so far', [tool('a', true)]), { kind: 'stop' }])
    expect(directives.at(-1)).toEqual({ do: 'end', end: { kind: 'stopped', text: 'so far' } })
  })

  it('ends as stopped with the answer that was on its way, and with the text before where that one has none', () => {
    const [begun, stop, calls] = [BEGIN, { kind: 'stop' } as const, answered('so far', [tool('a')])]
    expect(play([begun, stop, answered('done')]).at(-1)).toEqual({ do: 'end', end: { kind: 'stopped', text: 'done' } })
    expect(play([begun, calls, done('a'), stop, answered('', [tool('b')])]).at(-1)).toEqual({
      do: 'end',
      end: { kind: 'stopped', text: 'so far' },
    })
  })

  it('does nothing more after its end', () => {
    const late: AgentEvent[] = [{ kind: 'said', text: 'wait' }, answered('again', [tool('a')]), { kind: 'stop' }]
    expect(play([BEGIN, answered('done'), ...late]).slice(2)).toEqual(late.map(() => ({ do: 'rest' })))
  })

  it('ends out of budget when its steps are used up, with what it had said', () => {
    const once: AgentLimits = { steps: 1, parallelTools: 1 }
    expect(play([BEGIN, answered('partly', [tool('a')]), done('a')], once).at(-1)).toMatchObject({
      do: 'end',
      end: { kind: 'out-of-budget', text: 'partly', message: "the agent's limit of 1 step is used up" },
    })
  })
})

describe('the agent loop, whatever happens in whatever order', () => {
  it('ends within its steps, gives each tool call exactly one result, and survives JSON at every point', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 999 })), fc.integer({ min: 1, max: 6 }), (draws, steps) => {
        const limits: AgentLimits = { steps, parallelTools: 2 }
        const { calls, rounds, ended } = simulate(draws, limits)
        expect(ended).toBe(true)
        expect(calls).toBeLessThanOrEqual(steps)
        expect(rounds.map(({ results }) => results.toSorted())).toEqual(rounds.map(({ asked }) => asked.toSorted()))
      }),
      { numRuns: 300 },
    )
  })
})

/** Plays a world that answers directives in an order that the draws choose. `rounds`: what each call was given for the tools of the answer before. */
function simulate(draws: Iterator<number>, limits: AgentLimits) {
  const draw = (below: number) => draws.next().value % below
  const rounds: { readonly asked: readonly string[]; readonly results: readonly string[] }[] = []
  let asked: readonly string[] = []
  let [state, directive] = advance(NEW_AGENT, BEGIN, limits)
  let calls = 0
  const pending: AgentEvent[] = []
  for (let turn = 0; turn < 200 && directive.do !== 'end'; turn += 1) {
    if (directive.do === 'call') {
      calls += 1
      rounds.push({
        asked,
        results: directive.additions.flatMap(addition =>
          addition.role === 'tool-results' ? addition.results.map(({ toolCallId }) => toolCallId) : [],
        ),
      })
      const tools =
        draw(4) === 0 ? [] : Array.from({ length: 1 + draw(3) }, (_, at) => tool(`${calls}-${at}`, draw(3) === 0))
      asked = tools.map(call => call.toolCallId)
      for (const call of tools)
        if (call.needsApproval) pending.push(decided(call.toolCallId, draw(2) ? 'approve' : 'deny'))
      pending.unshift(answered(`text ${calls}`, tools))
      if (draw(5) === 0) pending.push({ kind: 'said', text: 'hello' })
      if (draw(9) === 0) pending.push({ kind: 'stop' })
    }
    if (directive.do === 'run-tools') pending.push(...directive.calls.map(call => done(call.toolCallId)))
    const answerFirst = pending[0]?.kind === 'answered'
    const early = pending.findIndex(({ kind }) => kind === 'said' || kind === 'stop')
    const next = answerFirst ? (early > 0 ? early * draw(2) : 0) : draw(Math.max(1, pending.length))
    const [event] = pending.splice(next, 1)
    if (!event) break
    ;[state, directive] = advance(JSON.parse(JSON.stringify(state)) as AgentState, event, limits)
  }
  return { calls, rounds, ended: directive.do === 'end' || state.phase === 'ended' }
}

function play(events: readonly AgentEvent[], limits = LIMITS): readonly AgentDirective[] {
  let state = NEW_AGENT
  return events.map(event => {
    const [next, directive] = advance(state, event, limits)
    state = next
    return directive
  })
}

function names(directive: AgentDirective | undefined): readonly string[] {
  return directive?.do === 'run-tools' ? directive.calls.map(call => call.toolCallId) : []
}

function tool(toolCallId: string, needsApproval = false): ToolCallRef {
  return { toolCallId, toolName: 'look', inputPreview: '{}', needsApproval }
}

function answered(text: string, toolCalls: readonly ToolCallRef[] = []): AgentEvent {
  const transcript = { lineage: 'l', length: 1 }
  const answer: Answer = { callId: 'c', text, toolCalls, truncated: false, endpoint: 'a:b/c', model: 'b/c', transcript }
  return { kind: 'answered', answer, atMs: 1_000 }
}

function done(toolCallId: string): Extract<AgentEvent, { kind: 'tool-done' }> {
  const result: ToolResultRef = {
    toolCallId,
    toolName: 'look',
    isError: false,
    preview: '1',
    bytes: 1,
    stored: false,
    step: 1,
  }
  return { kind: 'tool-done', result }
}

function decided(toolCallId: string, decision: 'approve' | 'deny'): AgentEvent {
  return { kind: 'decided', decision: { toolCallId, decision } }
}
