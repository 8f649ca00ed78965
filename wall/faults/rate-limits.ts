/**
 * 429 in all its forms.
 *
 * @module
 */
import { fatal, rerouted, survived, type WallFault } from './expected.ts'

/** Six attempts have five pauses, none of them above 30 s (half of the minute that most limits count), and jitter. */
const FIVE_PAUSES_MS = 5 * 33_000

export const RATE_LIMITS: readonly WallFault[] = [
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
