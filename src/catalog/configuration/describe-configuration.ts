/**
 * What a configuration amounts to, for `signalbox config check`.
 *
 * @module
 */
import type { Webhook } from '../../core/alert.ts'
import { limitWords } from '../../core/budgets/limit-words.ts'
import { describeScope, type SharedBudget } from '../../core/budgets/shared-budget.ts'
import type { Price } from '../../core/endpoints.ts'
import { callNeeds } from '../../core/routing/call/call-needs.ts'
import { USUAL_CALL } from '../../core/routing/call/usual-call.ts'
import { servesItself } from '../../core/routing/class/choose-class.ts'
import { conditionWords } from '../../core/routing/class/rule-conditions.ts'
import { planRoute } from '../../core/routing/plan-route.ts'
import type { TaskClass } from '../../core/task-class.ts'
import { some } from '../../core/words/some.ts'
import { policiesOf } from './classes/empty-classes.ts'
import { endpointsLeft } from './classes/left-endpoints.ts'
import type { Configuration } from './configuration.ts'

export type ConfigurationSummary = ReturnType<typeof summariseConfiguration>

export function summariseConfiguration(configuration: Configuration) {
  const { directory, providers, disabled, alerts, notes } = configuration
  return {
    providers: providers.map(({ name, protocol, baseUrl, apiKey }) => ({
      name,
      protocol,
      // Without user, password and query. Absent: the package knows it.
      ...(baseUrl !== undefined && { address: addressOf(baseUrl) }),
      key: apiKey === undefined ? 'missing' : 'set',
      endpoints: directory.endpoints.filter(({ provider }) => provider === name).length,
    })),
    disabled,
    classes: Object.values(directory.classes).map(taskClass => ({
      name: taskClass.name,
      // Where its rules or its split lead; absent where it has none.
      ...((taskClass.rules || taskClass.split) && { leads: leadWords(taskClass) }),
      // What the class is left with under the global policy and its own, as a call would ask them.
      endpoints: servesItself(taskClass) ? endpointsOf(taskClass, directory) : [],
    })),
    workspaces: Object.keys(directory.workspaces),
    budgets: directory.budgets,
    // Absent: nobody is told of anything.
    ...(alerts && { alerts: { on: alerts.on, signed: isSigned(alerts.webhook) } }),
    // Budgets that tell another webhook than that of the alerts.
    ownWebhooks: Object.entries(configuration.budgetWebhooks)
      .filter(([, webhook]) => webhook !== alerts?.webhook)
      .map(([budget, webhook]) => ({ budget, signed: isSigned(webhook) })),
    notices: configuration.notices.map(({ name, on, scope, webhook }) => ({
      name,
      on,
      scope,
      signed: isSigned(webhook),
    })),
    endpoints: directory.endpoints.length,
    // No run with a money limit can use them.
    unpriced: directory.endpoints.filter(({ price }) => !isPriced(price)).length,
    catalogVersion: directory.catalogVersion,
    notes,
  }
}

/** {@link summariseConfiguration} as lines for people. */
export function describeConfiguration(configuration: Configuration): string {
  const summary = summariseConfiguration(configuration)
  return [
    ...summary.providers.map(
      ({ name, protocol, address, key, endpoints }) =>
        `provider ${name}: ${protocol}${address ? ` at ${address}` : ''}, key ${key}, ${counted(endpoints)}`,
    ),
    ...summary.classes.map(describeClass),
    ...summary.workspaces.map(name => `workspace ${name}`),
    ...summary.budgets.map(describeBudget),
    ...(summary.alerts
      ? [`alerts: a webhook for ${summary.alerts.on.join(', ')}; ${signedWords(summary.alerts)}`]
      : []),
    ...summary.ownWebhooks.map(own => `alerts of budget ${own.budget}: a webhook of its own; ${signedWords(own)}`),
    ...summary.notices.map(describeNotice),
    `${counted(summary.endpoints)}, ${summary.unpriced} without a known price; ${summary.catalogVersion}`,
    ...summary.notes.map(note => `note: ${note}`),
  ].join('\n')
}

function isSigned({ secret }: Webhook): boolean {
  return secret !== undefined
}

function signedWords({ signed }: { readonly signed: boolean }): string {
  return signed ? 'posts are signed' : 'posts are not signed'
}

/** A class that leads elsewhere need not have endpoints of its own. */
function describeClass({ name, leads, endpoints }: ConfigurationSummary['classes'][number]): string {
  const own = leads && endpoints.length === 0 ? [] : [`${counted(endpoints.length)}: ${some(endpoints, 5)}`]
  return `class ${name}: ${[...(leads ?? []), ...own].join('; ')}`
}

/** `long-context for promptTokens >120000`, or `strong for 95 in 100 runs`. */
function leadWords({ rules = [], split = {} }: TaskClass): readonly string[] {
  const whole = Object.values(split).reduce((sum, share) => sum + share, 0)
  return [
    ...rules.map(rule => `${rule.use} for ${conditionWords(rule)}`),
    ...Object.entries(split).map(([name, share]) => `${name} for ${share} in ${whole} runs`),
  ]
}

function describeBudget({ name, scope, per, usd, tokens }: SharedBudget): string {
  return `budget ${name}: ${limitWords({ usd, tokens })} per ${per} for ${describeScope(scope)}`
}

function describeNotice({ name, on, scope, signed }: ConfigurationSummary['notices'][number]): string {
  const { workflow, ...spending } = scope
  const parts = [
    ...(workflow === undefined ? [] : [`workflow ${workflow}`]),
    ...(Object.keys(spending).length === 0 ? [] : [describeScope(spending)]),
  ]
  const runs = parts.length > 0 ? `, of runs of ${parts.join(', ')}` : ''
  return `notice ${name}: a webhook for ${on.join(', ')}${runs}; ${signedWords({ signed })}`
}

function endpointsOf(taskClass: TaskClass, directory: Configuration['directory']) {
  const candidates = directory.endpoints.map(endpoint => ({ endpoint, offered: true, hourly: false }))
  const policies = policiesOf(taskClass, directory)
  const { left } = endpointsLeft(taskClass, candidates, policies)
  const { promptTokens, draw } = USUAL_CALL
  const needs = callNeeds({ taskClass, promptTokens })
  const plan = { endpoints: left, taskClass, needs, policies, draw, health: () => ({ steady: true }) }
  // Behind those, what is too small for that call.
  return [...new Set([...planRoute(plan).candidates, ...left])].map(({ id }) => id)
}

function isPriced(price: Price | undefined): boolean {
  return price?.free === true || (price?.input !== undefined && price.output !== undefined)
}

/** A password or a key may be part of an address. */
function addressOf(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return 'an address that cannot be read'
  const { origin, pathname } = new URL(baseUrl)
  return `${origin}${pathname === '/' ? '' : pathname}`
}

function counted(endpoints: number): string {
  return `${endpoints} ${endpoints === 1 ? 'endpoint' : 'endpoints'}`
}
