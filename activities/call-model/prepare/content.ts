/**
 * Content rules of a call: what blocks it, where it may not go, and what leaves of its prompt.
 *
 * @module
 */
import { type Blocked, blockedWords, contentRules, type Screened } from '../../../src/core/content/screen.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from './prepared.ts'

/** The prompt as it may leave for a provider. */
export function screenFor(
  { screen }: Pick<CallModelPorts, 'screen'>,
  { policies }: Pick<Prepared, 'policies'>,
  prompt: readonly Message[],
  provider?: string,
): Screened {
  return screen(contentRules(policies, provider), prompt)
}

/** The call with a note at each key whose own content rules block the prompt: its plan then goes to other providers. */
export function keptFromKeys(
  ports: Pick<CallModelPorts, 'screen'>,
  prepared: Prepared,
  prompt: readonly Message[],
): Prepared {
  if (!prepared.policies.some(({ provider, policy }) => provider !== undefined && policy.content)) return prepared
  const policies = prepared.policies.map(at => {
    if (at.provider === undefined || !at.policy.content) return at
    const screened = screenFor(ports, { policies: [at] }, prompt, at.provider)
    return screened.kind === 'clean' ? at : { ...at, blockedBy: screened.blocked.rule.name }
  })
  return { ...prepared, policies }
}

export function blockedFault(blocked: Blocked): Fault {
  return { kind: 'refused', message: blockedWords(blocked), evidence: { code: 'content-rule' } }
}
