/**
 * Reads the rules of a vendor's faults, and says which of them can never hold.
 *
 * @module
 */
import { z } from 'zod'
import { flawOf } from './fault-options.ts'
import { type FaultRule, faultRuleShape } from './fault-rule.ts'

/** A rule that says nothing useless. */
export const faultRuleSchema = faultRuleShape.superRefine((rule, check) => {
  const flaw = flawOf(rule)
  if (flaw) check.addIssue({ code: 'custom', path: [flaw.key], message: flaw.message })
})

const rulesSchema = z.array(faultRuleSchema)

/** Checks a list of rules for a vendor of these models, and names every problem with its path. */
export function readFaultRules(
  rules: unknown,
  served: readonly string[],
): { readonly rules: FaultRule[] } | { readonly problem: string } {
  if (rules === undefined) return { problem: `The fault rules are not JSON. Send a list of them: ${EXAMPLE}` }
  const checked = rulesSchema.safeParse(rules)
  if (!checked.success) return { problem: `The fault rules are not valid:\n${z.prettifyError(checked.error)}` }
  const stranger = strangerIn(checked.data, served)
  if (!stranger) return { rules: checked.data }
  const [rule, key, place] = stranger.path
  return { problem: `The fault rules are not valid:\n✖ At [${rule}].${key}[${place}] is allowed ${stranger.message}` }
}

const EXAMPLE = '[{"kind":"overloaded","times":1}]'

/** A rule for a model that the vendor does not serve would never strike. */
export function strangerIn(rules: readonly FaultRule[], served: readonly string[]) {
  for (const [rule, { models = [] }] of rules.entries())
    for (const [place, model] of models.entries())
      if (!served.includes(model))
        return {
          path: [rule, 'models', place],
          message: `a model of this vendor by its id on the wire: ${served.join(', ')}`,
        }
  return undefined
}
