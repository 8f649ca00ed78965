/**
 * Puts the checked parts of a configuration together.
 *
 * @module
 */
import type { AlertSettings, Webhook } from '../../core/alert.ts'
import type { SharedBudget } from '../../core/budgets/shared-budget.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { servesItself } from '../../core/routing/class/choose-class.ts'
import type { Directory, TaskClass } from '../../core/task-class.ts'
import { some } from '../../core/words/some.ts'
import { digest } from '../digest.ts'
import { takesStop } from '../protocols.ts'
import { policiesOf } from './classes/empty-classes.ts'
import { type Candidate, describeFallen, endpointsLeft } from './classes/left-endpoints.ts'
import type { Configuration } from './configuration.ts'
import type { ResolvedProvider } from './providers/resolve-provider.ts'
import { type BudgetShape, budgetOf } from './shape/budget-shape.ts'
import { noticeSettingsOf } from './shape/notice-shape.ts'
import type { Sections } from './shape/read-sections.ts'
import { webhookOf } from './shape/shape-parts.ts'

export interface Parts {
  readonly sections: Sections
  readonly providers: readonly ResolvedProvider[]
  readonly candidates: readonly Candidate[]
  readonly classes: readonly TaskClass[]
  /** The versions of the price lists. */
  readonly listVersion: string
}

export function assemble(parts: Parts): Configuration {
  const { sections, providers } = parts
  const directory = directoryOf(parts)
  return {
    directory,
    providers: providers.filter(({ disabled }) => disabled === undefined).map(({ settings }) => settings),
    disabled: providers.flatMap(({ settings, disabled: reason }) =>
      reason === undefined ? [] : [{ provider: settings.name, reason }],
    ),
    ...(sections.app === undefined ? {} : { app: sections.app }),
    ...(sections.alerts && { alerts: sections.alerts }),
    budgetWebhooks: budgetWebhooks(sections),
    notices: [...sections.notices.right].map(([name, shape]) => noticeSettingsOf(name, shape)),
    notes: directory.notes,
  }
}

function directoryOf({ sections, providers, candidates, classes, listVersion }: Parts): Directory {
  const named = new Set(classes.flatMap(({ models }) => models ?? []))
  const usable = candidates.filter(({ disabled }) => disabled === undefined)
  const content = {
    endpoints: usable
      .filter(({ endpoint, offered }) => offered || named.has(endpoint.model))
      .map(({ endpoint }) => endpoint),
    classes: Object.fromEntries(classes.map(taskClass => [taskClass.name, taskClass])),
    ...outerPolicies(sections),
    workspaces: Object.fromEntries(
      [...sections.workspaces.right].map(([name, { policy, encryptPayloads }]) => [
        name,
        { policy: policy ?? {}, ...(encryptPayloads && { encryptPayloads }) },
      ]),
    ),
  }
  return {
    ...content,
    budgets: [...sections.budgets.right].map(([name, shape]) => withAlerts(name, shape, sections.alerts)),
    catalogVersion: `${listVersion} config@${digest(content)}`,
    notes: [...providerNotes(providers), ...stopNotes(content, candidates), ...workspaceNotes(content, candidates)],
  }
}

/** The global policy, and those of providers where any has one. */
export function outerPolicies({ policy, providers }: Sections): Pick<Directory, 'policy' | 'keys'> {
  const keys = [...providers.right].flatMap(([name, { policy }]) => (policy ? [[name, policy] as const] : []))
  return { policy, ...(keys.length > 0 && { keys: Object.fromEntries(keys) }) }
}

/** Where people are told that 80 % is spent, if the budget says nothing itself. */
const ALERT_SHARES: readonly number[] = [0.8]

/**
 * What a budget says itself holds; what it leaves open is as for all alerts. A budget for each value of a label tells people only
 * where it asks for that itself.
 */
function withAlerts(name: string, shape: BudgetShape, alerts: AlertSettings | undefined): SharedBudget {
  const budget = budgetOf(name, shape)
  if (!alerts?.on.includes('budget-warning')) return budget
  const isOpen = shape.warnAt === undefined && shape.scope.each === undefined
  return { ...budget, webhook: true, ...(isOpen && { warnAt: ALERT_SHARES }) }
}

/** A webhook of a budget's own is signed with its own secret or not at all: whoever listens there must not know that of the alerts. */
function budgetWebhooks({ budgets, alerts }: Sections): Readonly<Record<string, Webhook>> {
  const common = alerts?.on.includes('budget-warning') ? alerts.webhook : undefined
  return Object.fromEntries(
    [...budgets.right].flatMap(([name, shape]) => {
      const webhook = webhookOf(shape) ?? common
      return webhook ? [[name, webhook] as const] : []
    }),
  )
}

function providerNotes(providers: readonly ResolvedProvider[]): readonly string[] {
  return providers.flatMap(({ settings: { name }, disabled, note, offers }) => {
    if (disabled !== undefined) return [`provider ${name} is disabled: ${disabled}`]
    const notes = note === undefined ? [] : [`provider ${name} ${note}`]
    const hourly = offers.filter(offer => offer.hourly).length
    if (hourly === 0) return notes
    return [
      ...notes,
      `provider ${name}: the price of ${hourly} models depends on the hour; costs are counted at the highest`,
    ]
  })
}

/** Classes whose answers are to end at texts that some of their endpoints are not told of. */
function stopNotes(
  { classes, ...outer }: Pick<Directory, 'classes' | 'policy' | 'keys'>,
  candidates: readonly Candidate[],
): readonly string[] {
  const stopping = Object.values(classes).filter(one => one.stopSequences?.length && servesItself(one))
  return stopping.flatMap(taskClass => {
    const { left } = endpointsLeft(taskClass, candidates, policiesOf(taskClass, outer))
    const untold = left.filter(({ protocol }) => !takesStop(protocol)).map(({ id }) => id)
    if (untold.length === 0) return []
    const where = `${some(untold, 5)}, whose protocol does not support them`
    return [`class ${taskClass.name}: stopSequences are not sent to ${where}; answers there do not end at them`]
  })
}

/** A class may be out of reach for a workspace on purpose, so this is no problem. */
function workspaceNotes(
  directory: Pick<Directory, 'classes' | 'policy' | 'keys' | 'workspaces'>,
  candidates: readonly Candidate[],
): readonly string[] {
  // Hundreds of customers have the same policy, and all endpoints are looked at for each.
  const known = new Map<string, readonly string[]>()
  return Object.entries(directory.workspaces).flatMap(([name, { policy }]) => {
    const key = JSON.stringify(policy)
    const out = known.get(key) ?? outOfReach(policy, directory, candidates)
    known.set(key, out)
    return out.map(words => `workspace ${name} has no endpoint in class ${words}`)
  })
}

/** The classes that a policy leaves nothing of, each with what became of its endpoints. */
function outOfReach(
  policy: Policy,
  { classes, ...outer }: Pick<Directory, 'classes' | 'policy' | 'keys'>,
  candidates: readonly Candidate[],
): readonly string[] {
  return Object.values(classes)
    .filter(servesItself)
    .flatMap(taskClass => {
      const { left, fallen } = endpointsLeft(taskClass, candidates, policiesOf(taskClass, outer, policy))
      return left.length > 0 ? [] : [`${taskClass.name}: ${describeFallen(fallen)}`]
    })
}
