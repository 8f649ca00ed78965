/**
 * The faults of the wall and what has to come of each. Written from the table of faults in the README and its remedies, by
 * hand: what the code does is no source for it.
 *
 * @module
 */
import type { FaultKind } from '../src/core/faults/fault.ts'
import type { FaultRuleInput } from '../src/providers/simulated/index.ts'
import type { WallProtocol } from './protocols.ts'
import type { Mode } from './questions.ts'
import { scaled } from './scale.ts'

/** What a call has to come to. */
export interface Expected {
  /** Who answers, or the fault that the call ends with. */
  readonly end: 'faulty answers' | 'other answers' | 'either answers' | { readonly fault: readonly FaultKind[] }
  /** What each failed attempt at the faulty endpoint may be called. */
  readonly kinds: readonly FaultKind[]
  /** Attempts at the faulty endpoint, inclusive. */
  readonly attempts: readonly [least: number, most: number]
  /** At most so many attempts at the faulty endpoint within any 3 s. */
  readonly within3s?: number
  /** The faulty endpoint is left alone for so long after each 429. */
  readonly pauseMs?: number
  /** From the first attempt to the end, waits included. */
  readonly boundMs: number
  /** The answer ends early, and says so. */
  readonly truncated?: true
}

export interface WallFault {
  readonly name: string
  readonly rules: readonly FaultRuleInput[]
  /** @defaultValue all */
  readonly modes?: readonly Mode[]
  /** @defaultValue all */
  readonly protocols?: readonly WallProtocol[]
  /** Nobody stands by. */
  readonly alone?: true
  /** The class sets an output limit, reroutes refusals, or escalates. @defaultValue a class that does none of it */
  readonly of?: 'limited' | 'rerouting' | 'escalating' | 'escalating_cheaply'
  readonly endsWithAnswer?: true
  /** So many calls of one worker, one after so long, instead of one call. */
  readonly load?: { readonly calls: number; readonly everyMs: number }
  /** Keeps the processor busy, and so is run apart from those that measure time. */
  readonly heavy?: true
  readonly expected: Expected
  /** Where a vendor's own words or a package leave no choice. */
  readonly except?: Partial<Record<WallProtocol, Partial<Expected>>>
}

/** A call that waits for nobody: several times what it takes on a busy machine. */
const PROMPTLY = 3_000

/** The other endpoint answers, after so many attempts at the faulty one. */
function rerouted(kind: FaultKind, attempts = 1, boundMs = PROMPTLY): Expected {
  return { end: 'other answers', kinds: [kind], attempts: [attempts, attempts], boundMs }
}

/** The faulty endpoint answers after all, with its last attempt. */
function survived(kind: FaultKind, attempts = 2, boundMs = PROMPTLY): Expected {
  return { end: 'faulty answers', kinds: [kind], attempts: [attempts, attempts], boundMs }
}

/** The faulty endpoint's only attempt is an answer. */
function harmless(boundMs = PROMPTLY): Expected {
  return { end: 'faulty answers', kinds: [], attempts: [1, 1], boundMs }
}

/** The call ends with the fault. */
function fatal(kind: FaultKind, attempts = 1, boundMs = PROMPTLY): Expected {
  return { end: { fault: [kind] }, kinds: [kind], attempts: [attempts, attempts], boundMs }
}

/** Six attempts have five pauses, none of them above 30 s (half of the minute that most limits count), and jitter. */
const FIVE_PAUSES_MS = 5 * 33_000

const RATE_LIMITS: readonly WallFault[] = [
  { name: 'none', rules: [], expected: harmless() },
  { name: '429', rules: [{ kind: 'rate-limit' }], expected: rerouted('rate-limited') },
  {
    name: '429 once, alone',
    rules: [{ kind: 'rate-limit', times: 1 }],
    alone: true,
    expected: { ...survived('rate-limited', 2, 5_000), pauseMs: 500 },
  },
  ...(['seconds', 'date', 'milliseconds', 'body'] as const).flatMap((form): WallFault[] => {
    const words = {
      seconds: 'Retry-After',
      date: 'Retry-After as a date',
      milliseconds: 'retry-after-ms',
      body: 'body retryDelay',
    }
    const rule = { kind: 'rate-limit', retryAfterMs: 7_000, retryAfterIn: form } as const
    // Only Google has a field for it in the body.
    const protocols = form === 'body' ? { protocols: ['google' as const] } : {}
    // A date has whole seconds.
    const pauseMs = form === 'date' ? 6_000 : 7_000
    return [
      { name: `429 with ${words[form]}`, rules: [rule], ...protocols, expected: rerouted('rate-limited') },
      {
        name: `429 with ${words[form]} once, alone`,
        rules: [{ ...rule, times: 1 }],
        ...protocols,
        alone: true,
        expected: { ...survived('rate-limited', 2, 12_000), pauseMs },
      },
    ]
  }),
  {
    name: '429 for ever, alone',
    rules: [{ kind: 'rate-limit' }],
    alone: true,
    expected: { ...fatal('rate-limited', 6, FIVE_PAUSES_MS), attempts: [2, 6], within3s: 4 },
  },
  {
    name: '429 for ever with Retry-After, alone',
    rules: [{ kind: 'rate-limit', retryAfterMs: 1_000 }],
    alone: true,
    expected: { ...fatal('rate-limited', 6, FIVE_PAUSES_MS), attempts: [2, 6], within3s: 4, pauseMs: 1_000 },
  },
]

const ERRORS: readonly WallFault[] = [
  ...(['server-error', 'overloaded'] as const).flatMap((kind): WallFault[] => [
    { name: `${kind} once`, rules: [{ kind, times: 1 }], expected: survived('overloaded') },
    { name: `${kind} for ever`, rules: [{ kind }], expected: rerouted('overloaded', 2) },
    { name: `${kind} for ever, alone`, rules: [{ kind }], alone: true, expected: fatal('overloaded', 2) },
  ]),
  {
    name: 'overloaded with Retry-After',
    rules: [{ kind: 'overloaded', retryAfterMs: 9_000 }],
    expected: rerouted('overloaded'),
  },
  { name: 'unauthenticated', rules: [{ kind: 'unauthenticated' }], expected: rerouted('unauthenticated') },
  {
    name: 'unauthenticated, alone',
    rules: [{ kind: 'unauthenticated' }],
    alone: true,
    expected: fatal('unauthenticated'),
  },
  { name: 'payment required', rules: [{ kind: 'payment-required' }], expected: rerouted('quota-exhausted') },
  { name: 'quota exhausted', rules: [{ kind: 'quota-exhausted' }], expected: rerouted('quota-exhausted') },
  {
    name: 'quota exhausted, alone',
    rules: [{ kind: 'quota-exhausted' }],
    alone: true,
    expected: fatal('quota-exhausted'),
  },
  { name: 'context too long', rules: [{ kind: 'context-too-long' }], expected: rerouted('context-too-long') },
  {
    name: 'context too long, alone',
    rules: [{ kind: 'context-too-long' }],
    alone: true,
    expected: fatal('context-too-long'),
  },
  { name: 'content refused', rules: [{ kind: 'content-filter' }], expected: fatal('refused') },
  {
    name: 'content refused by the finish',
    rules: [{ kind: 'content-filter', as: 'finish' }],
    expected: fatal('refused'),
  },
  {
    name: 'content refused, rerouting',
    rules: [{ kind: 'content-filter' }],
    of: 'rerouting',
    expected: rerouted('refused'),
  },
  {
    name: 'prefill rejected',
    rules: [{ kind: 'prefill-rejected' }],
    endsWithAnswer: true,
    expected: rerouted('invalid-request'),
    // It says so itself: the model does not support it.
    except: { anthropic: { kinds: ['unsupported'] } },
  },
  {
    name: 'prefill rejected, alone',
    rules: [{ kind: 'prefill-rejected' }],
    endsWithAnswer: true,
    alone: true,
    expected: fatal('invalid-request'),
    except: { anthropic: { kinds: ['unsupported'], end: { fault: ['unsupported'] } } },
  },
]

const CONNECTION: readonly WallFault[] = [
  { name: 'reset once', rules: [{ kind: 'reset', times: 1 }], expected: survived('unreachable') },
  { name: 'reset for ever', rules: [{ kind: 'reset' }], expected: rerouted('unreachable', 2) },
  { name: 'reset for ever, alone', rules: [{ kind: 'reset' }], alone: true, expected: fatal('unreachable', 2) },
  { name: 'down', rules: [{ kind: 'down' }], expected: rerouted('unreachable', 2) },
  { name: 'silence', rules: [{ kind: 'silence' }], expected: rerouted('timed-out', 1, scaled(30_000) + PROMPTLY) },
  {
    name: 'silence, alone',
    rules: [{ kind: 'silence' }],
    alone: true,
    expected: fatal('timed-out', 1, scaled(30_000) + PROMPTLY),
  },
  {
    name: 'first token after 20 s',
    rules: [{ kind: 'slow-first-token', delayMs: scaled(20_000) }],
    expected: harmless(scaled(20_000) + PROMPTLY),
  },
  {
    name: 'first token after 60 s',
    rules: [{ kind: 'slow-first-token', delayMs: scaled(60_000) }],
    expected: rerouted('timed-out', 1, scaled(30_000) + PROMPTLY),
  },
]

const CUTS = (
  [
    ['the text', { afterTokens: 60 }, undefined],
    ['the first token', { afterTokens: 0 }, undefined],
    ['a character', { at: 'character' }, ['text', 'structured']],
    ['a thought', { at: 'reasoning' }, undefined],
    ['a tool call', { at: 'tool-call' }, ['tools']],
  ] as const
).flatMap(([where, place, modes]): WallFault[] => [
  {
    name: `cut ${where === 'the first token' ? 'before' : 'in'} ${where}`,
    rules: [{ kind: 'cut', ...place }],
    ...(modes && { modes }),
    expected: rerouted('cut-off'),
  },
])

/** A vendor that does not show its thoughts, or sends a call only whole, has shown nothing yet when it falls silent. */
const STALL_BOUND_MS = scaled(30_000) + PROMPTLY

const BREAKS: readonly WallFault[] = [
  ...CUTS,
  { name: 'cut once, alone', rules: [{ kind: 'cut', times: 1 }], alone: true, expected: survived('cut-off') },
  { name: 'cut for ever, alone', rules: [{ kind: 'cut' }], alone: true, expected: fatal('cut-off', 2) },
  { name: 'stall', rules: [{ kind: 'stall' }], expected: rerouted('timed-out', 1, STALL_BOUND_MS) },
  {
    name: 'stall of 30 s',
    rules: [{ kind: 'stall', afterTokens: 60, delayMs: scaled(30_000) }],
    modes: ['text', 'structured'],
    expected: rerouted('timed-out', 1, STALL_BOUND_MS),
  },
  {
    // Half as long again: where a call comes only whole, silence until then is a wait for the first token.
    name: 'stall of 45 s in a tool call',
    rules: [{ kind: 'stall', at: 'tool-call', delayMs: scaled(45_000) }],
    modes: ['tools'],
    expected: rerouted('timed-out', 1, STALL_BOUND_MS),
  },
  {
    name: 'stall of 10 s',
    rules: [{ kind: 'stall', delayMs: scaled(10_000) }],
    expected: harmless(scaled(10_000) + PROMPTLY),
  },
  {
    name: 'error inside the stream, before the first token',
    rules: [{ kind: 'in-band-error', afterTokens: 0 }],
    expected: rerouted('overloaded', 2),
  },
  {
    name: 'error inside the stream, after tokens',
    rules: [{ kind: 'in-band-error', afterTokens: 60 }],
    expected: rerouted('cut-off'),
  },
  { name: 'malformed chunk', rules: [{ kind: 'malformed-chunk' }], expected: rerouted('malformed-reply') },
  { name: 'finish and last event missing', rules: [{ kind: 'no-finish' }], expected: rerouted('cut-off') },
  { name: 'finish reason missing', rules: [{ kind: 'finish-missing' }], expected: rerouted('cut-off') },
]

const FORMS: readonly WallFault[] = [
  { name: 'html', rules: [{ kind: 'html' }], expected: rerouted('malformed-reply') },
  { name: 'gzip', rules: [{ kind: 'gzip' }], expected: harmless() },
  { name: 'line of 1 MB', rules: [{ kind: 'long-line' }], heavy: true, expected: harmless() },
  {
    name: 'line of 9 MB',
    rules: [{ kind: 'long-line', bytes: 9 * 1024 * 1024 }],
    heavy: true,
    expected: rerouted('malformed-reply'),
  },
  {
    name: 'slow drip',
    rules: [{ kind: 'slow-drip', delayMs: scaled(12_000) }],
    expected: harmless(scaled(12_000) + PROMPTLY),
  },
  {
    name: 'drip without end',
    rules: [{ kind: 'slow-drip', delayMs: 30_000 }],
    expected: rerouted('timed-out', 1, 3_000 + PROMPTLY),
  },
  {
    name: 'last event missing',
    rules: [{ kind: 'finish-without-done' }],
    expected: harmless(),
    // Its package calls an answer without message_stop interrupted; asking again is dearer and never wrong.
    except: { anthropic: rerouted('cut-off') },
  },
  {
    name: 'usage missing',
    rules: [{ kind: 'missing-usage' }],
    expected: harmless(),
    // Its usage is no option, and its package takes no event without one.
    except: { anthropic: rerouted('malformed-reply') },
  },
]

const ANSWERS: readonly WallFault[] = [
  { name: 'empty answer', rules: [{ kind: 'empty-answer' }], expected: rerouted('malformed-reply') },
  {
    name: 'empty answer once, alone',
    rules: [{ kind: 'empty-answer', times: 1 }],
    alone: true,
    expected: survived('malformed-reply'),
  },
  { name: 'too long once', rules: [{ kind: 'length', times: 1, afterTokens: 70 }], expected: survived('truncated') },
  {
    name: 'too long for ever',
    rules: [{ kind: 'length', afterTokens: 70 }],
    expected: { ...survived('truncated'), truncated: true },
  },
  {
    name: 'too long for the limit of the class',
    rules: [{ kind: 'length', afterTokens: 70 }],
    of: 'limited',
    expected: { ...harmless(), truncated: true },
  },
]

/** Answers of the wrong shape: given back once where that is cheaper than another endpoint, then asked elsewhere. */
const SHAPES: readonly WallFault[] = [
  {
    name: 'tool call with broken JSON once',
    rules: [{ kind: 'broken-tool-json', times: 1 }],
    modes: ['tools'],
    expected: survived('malformed-reply'),
  },
  {
    name: 'tool call with broken JSON for ever',
    rules: [{ kind: 'broken-tool-json' }],
    modes: ['tools'],
    expected: rerouted('malformed-reply', 2),
  },
  {
    name: 'tool call with broken JSON, escalating',
    rules: [{ kind: 'broken-tool-json' }],
    modes: ['tools'],
    of: 'escalating',
    expected: rerouted('malformed-reply', 2),
  },
  ...(['wrong-value', 'broken-value'] as const).flatMap((kind): WallFault[] => {
    const name = kind === 'wrong-value' ? 'value of another shape' : 'value of broken JSON'
    const modes = ['structured'] as const
    return [
      { name: `${name} once`, rules: [{ kind, times: 1 }], modes, expected: survived('malformed-reply') },
      {
        name: `${name} once, alone`,
        rules: [{ kind, times: 1 }],
        modes,
        alone: true,
        expected: survived('malformed-reply'),
      },
      { name: `${name} for ever`, rules: [{ kind }], modes, expected: rerouted('malformed-reply', 2) },
      { name: `${name} for ever, alone`, rules: [{ kind }], modes, alone: true, expected: fatal('malformed-reply', 2) },
      {
        name: `${name}, escalating`,
        rules: [{ kind }],
        modes,
        of: 'escalating',
        expected: rerouted('malformed-reply', 2),
      },
    ]
  }),
  {
    // Escalated to a class that costs no more than giving the answer back.
    name: 'value of another shape, escalating for little',
    rules: [{ kind: 'wrong-value' }],
    modes: ['structured'],
    of: 'escalating_cheaply',
    expected: rerouted('malformed-reply'),
  },
  {
    name: 'schema rejected',
    rules: [{ kind: 'schema-rejected' }],
    modes: ['structured'],
    expected: { ...survived('invalid-request'), kinds: ['invalid-request', 'unsupported'] },
  },
  {
    name: 'schema rejected, alone',
    rules: [{ kind: 'schema-rejected' }],
    modes: ['structured'],
    alone: true,
    expected: { ...survived('invalid-request'), kinds: ['invalid-request', 'unsupported'] },
  },
  {
    name: 'schema and JSON mode rejected',
    rules: [{ kind: 'json-rejected' }],
    modes: ['structured'],
    expected: { ...survived('invalid-request', 3), kinds: ['invalid-request', 'unsupported'] },
    // It has no JSON mode: what comes after the schema are words.
    except: { anthropic: { attempts: [2, 2] } },
  },
]

/** Fails and serves by turns while 20 calls a second come: each is answered, whoever it met. */
const FLAPPING: readonly WallFault[] = [
  {
    name: 'flapping under load',
    rules: [{ kind: 'server-error', flaps: { failMs: 300, serveMs: 200 } }],
    load: { calls: 24, everyMs: 50 },
    heavy: true,
    expected: { end: 'either answers', kinds: ['overloaded'], attempts: [0, 2], boundMs: PROMPTLY },
  },
]

export const FAULTS: readonly WallFault[] = [
  ...RATE_LIMITS,
  ...ERRORS,
  ...CONNECTION,
  ...BREAKS,
  ...FORMS,
  ...ANSWERS,
  ...SHAPES,
  ...FLAPPING,
]
