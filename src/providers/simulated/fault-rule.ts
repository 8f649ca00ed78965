/**
 * A fault that a vendor can be told to have, and when.
 *
 * @module
 */
import { z } from 'zod'

export const FAULT_SCRIPT_KINDS = [
  /** 429. */
  'rate-limit',
  /** 500. */
  'server-error',
  /** 503, or 529 at Anthropic. */
  'overloaded',
  /** The connection is reset before the first byte. */
  'reset',
  /** The request is taken and never answered. */
  'silence',
  /** The headers come at once, the first token `delayMs` later. */
  'slow-first-token',
  /** The connection breaks in the middle of the answer. */
  'cut',
  /** The answer stops in the middle and the connection stays open; with `delayMs` it goes on after that. */
  'stall',
  /** One event is broken JSON; the rest follows. */
  'malformed-chunk',
  /** An error inside a stream that began with 200. */
  'in-band-error',
  /** 200 with a page of HTML. */
  'html',
  /** The last event is left out, the finish reason is there: an answer. */
  'finish-without-done',
  /** Neither finish reason nor last event, and the body ends in order. */
  'no-finish',
  /** The finish reason is left out, the last event is there where the protocol has one of its own. */
  'finish-missing',
  /** A whole answer that says nothing of its tokens. */
  'missing-usage',
  /** 401. */
  'unauthenticated',
  /** 402. */
  'payment-required',
  /** 429 with the vendor's code for a quota that is used up. */
  'quota-exhausted',
  /** The vendor's error for a prompt over the window. */
  'context-too-long',
  /** Refused for content: an error or, with `as: finish`, a finish reason. */
  'content-filter',
  /** A finish without content. */
  'empty-answer',
  /** The answer is cut off by a finish for length after `afterTokens`. */
  'length',
  /** The arguments of the first tool call are broken JSON. Strikes only requests that offer tools. */
  'broken-tool-json',
  /** The value that a request for JSON gets lacks its first property. Strikes only such requests. */
  'wrong-value',
  /** The value that a request for JSON gets is broken JSON, in a whole answer. Strikes only such requests. */
  'broken-value',
  /** The vendor takes no conversation that ends with an answer. Strikes only requests that end so. */
  'prefill-rejected',
  /** 400 about the answer's schema. Strikes only requests that bring one. */
  'schema-rejected',
  /** 400 about JSON mode. Strikes requests that ask for JSON in any way. */
  'json-rejected',
  /** A whole answer, compressed, which nobody asked for. */
  'gzip',
  /** A whole answer in which one line is longer by `bytes`. */
  'long-line',
  /** A whole answer that trickles in, a few bytes at a time, over `delayMs`. */
  'slow-drip',
  /** The vendor stops listening: connections are refused. By time window only; over HTTP give it an end. */
  'down',
] as const

const count = z.int().positive()

/** A regular expression as text, compiled without regard to case. */
export const patternSchema = z.string().refine(isPattern, 'a regular expression')

function isPattern(text: string): boolean {
  try {
    return Boolean(patternOf(text))
  } catch {
    return false
  }
}

/** A dot stands for the end of a line too, so that a pattern may begin in the instructions and end in the first message. */
export function patternOf(text: string): RegExp {
  return new RegExp(text, 'is')
}

/**
 * One rule. Conditions that are absent always hold; the first rule of the list that holds strikes.
 * Times count from the moment the rules were set, which is the vendors' start for those of the script.
 */
export const faultRuleShape = z.strictObject({
  kind: z.enum(FAULT_SCRIPT_KINDS),
  /** Numbers of the vendor's model requests, from 1: a list, or a range with both ends inclusive. */
  requests: z.union([z.array(count), z.strictObject({ from: count, to: count.optional() })]).optional(),
  fromMs: z.number().nonnegative().optional(),
  untilMs: z.number().positive().optional(),
  /** A regular expression over the system text and the first user text. */
  match: patternSchema.optional(),
  /** Upstream ids. */
  models: z.array(z.string()).optional(),
  /** Strikes at most so often. */
  times: count.optional(),
  /** Strikes for so long, then not for so long, and so on. */
  flaps: z.strictObject({ failMs: z.number().positive(), serveMs: z.number().positive() }).optional(),
  /** Lets so many requests pass that it would have struck. @defaultValue 0 */
  after: z.int().nonnegative().optional(),
  /** What a 429 or an overload demands. Absent: nothing. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** How it is said: Retry-After in whole seconds or as a date, `retry-after-ms`, or in the body. @defaultValue the vendor's own way */
  retryAfterIn: z.enum(['seconds', 'date', 'milliseconds', 'body']).optional(),
  /** Where the answer breaks. @defaultValue the middle */
  afterTokens: z.int().nonnegative().optional(),
  /**
   * Breaks elsewhere than after a number of tokens: in the middle of the first tool call's arguments, of the first
   * thought, or of the bytes of the first character that is not ASCII.
   */
  at: z.enum(['tokens', 'tool-call', 'reasoning', 'character']).default('tokens'),
  /** @defaultValue 30000 for `slow-first-token`, 2000 for `slow-drip` */
  delayMs: z.number().nonnegative().optional(),
  /** @defaultValue 1048576 for `long-line` */
  bytes: count.optional(),
  as: z.enum(['error', 'finish']).default('error'),
})

export type FaultRule = z.output<typeof faultRuleShape>
/** A rule as one writes it. */
export type FaultRuleInput = z.input<typeof faultRuleShape>
export type FaultScriptKind = FaultRule['kind']
