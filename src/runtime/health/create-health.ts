/**
 * What this worker knows of its endpoints: what it has seen itself at once, and what the others of its store have seen within
 * a second or two. That its key is refused it keeps to itself.
 *
 * @module
 */
import type { RateLimits } from '../../core/endpoints.ts'
import type { HealthPort, SharedHealthPort } from '../../core/ports.ts'
import { claimProbe, isDueForProbe } from '../../core/routing/health/claim-probe.ts'
import { differsInOpening, type HealthOutcome, type Seen } from '../../core/routing/health/health-state.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { createKnownEndpoints, type KnownEndpoints } from './known-endpoints.ts'
import { createRefusedKeys, isRefusedKey } from './refused-keys.ts'

export interface Health extends HealthPort {
  /** Reads from the store what other workers have seen. Before that, every endpoint counts as untried. */
  begin(): Promise<void>
  /**
   * Called when somebody may have changed a key, paid a bill or had a limit raised. What a key, an account or a long pause has closed is then
   * probed once, at the next call. `begin` does this too, because a worker may be restarted for just that reason.
   */
  renew(): void
  /** Tells other workers what they do not know yet. Nothing is shared after that. */
  close(): Promise<void>
}

/**
 * Creates the health of a worker's endpoints, all of them untried. An endpoint that nobody has measured is taken to be like its
 * model's other endpoints.
 *
 * Contract: without `shared`, or while the store is out of reach, it works the same with what this worker alone has seen.
 */
export function createHealth(now: () => number, chance: () => number, shared?: SharedHealthPort): Health {
  const known = createKnownEndpoints()
  const exchange = shared && createExchange(shared, known, now)
  const refused = createRefusedKeys()
  const forAll = createForAll({ known, exchange, now, chance })
  const here = () => ({ atMs: now(), chance: chance() })
  const record = (id: string, outcome: HealthOutcome) => {
    refused.record(id, { outcome, ...here() })
    // A refused key says nothing to workers with another key, so they only hear that the attempt was lost.
    forAll.record(id, isRefusedKey(outcome) ? { kind: 'lost' } : outcome)
  }
  const asked = (id: string, granted: boolean, tokens: number): boolean => {
    if (granted) record(id, { kind: 'asked', tokens })
    else refused.record(id, { outcome: { kind: 'lost' }, ...here() })
    return granted
  }
  const viewAt = (atMs: number) => {
    const view = known.viewAt(atMs)
    return (id: string) => refused.with(id, view(id), atMs)
  }
  const renewKeys = () => refused.renew(here())
  const renew = () => {
    renewKeys()
    for (const id of known.mendable(now())) record(id, { kind: 'renewed' })
  }
  return {
    of: id => viewAt(now())(id),
    now: () => {
      exchange?.look()
      return viewAt(now())
    },
    claim(id, tokens = 0) {
      if (!refused.claim(id, now())) return false
      const granted = forAll.claim(id)
      return typeof granted === 'boolean' ? asked(id, granted, tokens) : granted.then(is => asked(id, is, tokens))
    },
    record,
    renewKeys,
    takesAnotherKey: (id, beganAtMs) => refused.takesAnother(id, known.stateOf(id, now())?.acceptedAtMs, beganAtMs),
    async begin() {
      await exchange?.begin()
      renew()
    },
    renew,
    close: async () => exchange?.close(),
  }
}

interface Parts {
  readonly known: KnownEndpoints
  readonly exchange: Exchange | undefined
  readonly now: () => number
  readonly chance: () => number
}

/** The part of a worker's health that all workers share. */
function createForAll({ known, exchange, now, chance }: Parts) {
  const claimHere = (id: string): boolean => {
    const { granted, next } = claimProbe(known.stateOf(id, now()), now())
    if (granted) known.keep(id, next, now())
    return granted
  }
  return {
    record(id: string, outcome: HealthOutcome): void {
      const before = known.stateOf(id, now())
      if (outcome.kind === 'told' && isSame(before?.told, outcome.limits)) return
      const peers = outcome.kind === 'fault' ? known.peerFailureChance(id, now()) : undefined
      const seen: Seen = {
        outcome,
        atMs: now(),
        chance: chance(),
        ...(peers !== undefined && { peerFailureChance: peers }),
      }
      known.record(id, seen)
      exchange?.add(id, seen, differsInOpening(before, known.stateOf(id, seen.atMs)!))
    },
    claim(id: string): boolean | Promise<boolean> {
      const state = known.stateOf(id, now())
      const isProbe = state !== undefined && isDueForProbe(state, now())
      return isProbe && exchange ? exchange.claimProbe(id, () => claimHere(id)) : claimHere(id)
    },
  }
}

/** Whether the limits are the same as before: vendors name them in every reply, and they seldom change. */
function isSame(before: RateLimits | undefined, now: RateLimits): boolean {
  return before?.requestsPerMinute === now.requestsPerMinute && before?.tokensPerMinute === now.tokensPerMinute
}
