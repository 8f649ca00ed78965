/**
 * Error statuses: of the vendor, of the account, of the request.
 *
 * @module
 */
import { fatal, rerouted, survived, type WallFault } from './expected.ts'

export const ERRORS: readonly WallFault[] = [
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
