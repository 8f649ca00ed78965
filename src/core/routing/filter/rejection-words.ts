/**
 * Rejections in words, for `explain` and for the message of a call without a route.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import type { PolicyBreach } from '../../policy/policy.ts'
import { countOf } from '../../words/count-of.ts'
import { formatDuration } from '../../words/format-duration.ts'
import { LONG_PAUSE_MS } from '../limits/cooldown.ts'
import type { Rejection } from './rejection.ts'

/** A rejection in words: what was found, and the one change that would admit the endpoint. */
export interface RejectionWords {
  readonly found: string
  readonly change: string
}

/** What words need to know of an endpoint. */
type Named = Pick<Endpoint, 'id' | 'provider' | 'model'>

/** @param nowMs - Milliseconds since the epoch, for how long a passing rejection still lasts. */
export function rejectionWords(
  endpoint: Named,
  rejection: Rejection,
  taskClass: string,
  nowMs: number,
): RejectionWords {
  const set = `set ${endpoint.id}'s`
  switch (rejection.rule) {
    case 'not-in-class':
      return {
        found: `its model is not listed in class ${taskClass}`,
        change: `add ${endpoint.model} to classes.${taskClass}.models`,
      }
    case 'policy':
      return policyWords(endpoint, rejection.breach)
    case 'ability':
      return {
        found: `it lacks ${rejection.missing}`,
        change: `add ${rejection.missing} to its abilities if it has it, or ask without`,
      }
    case 'context-window':
      return {
        found: `its context window of ${amount(rejection.has)} is below the ${amount(rejection.needed)} needed`,
        change: rejection.has === undefined ? `${set} contextWindow` : 'shorten the prompt or lower maxOutputTokens',
      }
    case 'max-output':
      return {
        found: `its output limit of ${amount(rejection.has)} is below the ${amount(rejection.needed)} needed`,
        change: rejection.has === undefined ? `${set} maxOutput` : `lower maxOutputTokens to ${rejection.has}`,
      }
    case 'unknown-price':
      return {
        found: 'its price is unknown while a money limit is set',
        change: `${set} price, free: true, or unpriced: allow`,
      }
    case 'batch':
      return rejection.kept
        ? {
            found: 'its vendor keeps a batch for longer than a policy allows',
            change: `take batch out of classes.${taskClass}, or loosen the policy (zdr, maxRetention)`,
          }
        : {
            found: `it has no batch interface, and class ${taskClass} asks in batches`,
            change: `take batch out of classes.${taskClass}, or set quirks.batch of ${endpoint.provider} if it has one`,
          }
    case 'breaker-open':
      return {
        found: `it is out of service for ${secondsOrMore(rejection.untilMs - nowMs)}${rejection.fault ? `: ${rejection.fault.message}` : ''}`,
        change: rejection.fault ? 'see to its key and account' : 'wait, or see its faults in `signalbox endpoints`',
      }
    case 'cooling':
      return {
        found: `it is cooling down after a 429 for ${secondsOrMore(rejection.untilMs - nowMs)}`,
        change: `wait, add another model to classes.${taskClass}, or let its calls wait longer with outlast${againWords(rejection.untilMs - nowMs)}`,
      }
  }
}

function againWords(remainingMs: number): string {
  return remainingMs > LONG_PAUSE_MS ? '; if it answers again, restart a worker, and it is asked at once' : ''
}

/** One line: `acme:m/one: it lacks tools; add tools to its abilities if it has it, or ask without`. */
export function describeRejection(endpoint: Endpoint, rejection: Rejection, taskClass: string, nowMs: number): string {
  const { found, change } = rejectionWords(endpoint, rejection, taskClass, nowMs)
  // A fault's words are whole sentences.
  return `${endpoint.id}: ${found.replace(/\.$/, '')}; ${change}`
}

const POLICY_CHANGES = {
  zdr: 'dataPolicy.retention to none if that is so',
  retention: 'dataPolicy.retention to that if it is so',
  training: 'dataPolicy.training to false if that is so',
  region: 'dataPolicy.region if it is one of these',
} as const

function policyWords(endpoint: Named, breach: PolicyBreach): RejectionWords {
  const { rule, found, allowed, level } = breach
  const policy = `the ${level === 'key' ? `key (${endpoint.provider})` : level} policy`
  return {
    found:
      rule === 'content'
        ? `${policy}'s content rule ${found} matches what the call says`
        : `${policy}'s rule ${rule} found ${found} and allows ${allowed}`,
    change: policyChange(endpoint, breach, policy),
  }
}

function policyChange({ id, provider, model }: Named, { rule, found }: PolicyBreach, policy: string): string {
  switch (rule) {
    case 'content':
      return `take what matches out of the text, or loosen ${found} of ${policy}`
    case 'zdr':
    case 'retention':
    case 'training':
    case 'region':
      return `set ${provider}'s ${POLICY_CHANGES[rule]}, or loosen ${policy}`
    case 'deny-provider':
      return `take ${provider} out of denyProviders of ${policy}`
    case 'allow-provider':
      return `add ${provider} to allowProviders of ${policy}`
    case 'deny-model':
      return `take ${model} out of denyModels of ${policy}`
    case 'allow-model':
      return `add ${model} to allowModels of ${policy}`
    case 'deny-author':
      return `take ${found} out of denyAuthors of ${policy}`
    case 'allow-author':
      return `add ${found} to allowAuthors of ${policy}`
    case 'ability':
      return `add what is missing to ${id}'s abilities if it has it, or loosen ${policy}`
    case 'max-price':
      return `raise maxPrice of ${policy}, or set the price if it is unknown`
  }
}

function amount(tokens: number | undefined): string {
  return tokens === undefined ? 'unknown size' : countOf(tokens, 'token')
}

function secondsOrMore(ms: number): string {
  return ms < 100_000 ? `${Math.max(0, Math.ceil(ms / 1_000))} s` : formatDuration(ms)
}
