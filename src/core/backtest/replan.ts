/**
 * Plans recorded calls again under another configuration, in the order in which they were made, with the prefixes that each run would have
 * had cached by then.
 *
 * @module
 */
import { type MoneyLimits, moneyLimitsOf } from '../budgets/shared-budget.ts'
import { definedOnly } from '../defined-only.ts'
import type { Endpoint } from '../endpoints.ts'
import { policyLevels } from '../policy/policy-levels.ts'
import type { KnownPrompt } from '../protocol.ts'
import { knownBeside, rememberPrompt } from '../routing/cache/warmth.ts'
import { type CallNeeds, callNeeds } from '../routing/call/call-needs.ts'
import { classesAhead, classSteps } from '../routing/class/choose-class.ts'
import type { Roster } from '../routing/filter/roster.ts'
import type { EndpointHealth } from '../routing/health/endpoint-health.ts'
import { addLatency, averageLatency, type Latency } from '../routing/health/latency.ts'
import { addSample, estimatesOf, NOTHING_MEASURED, type Window } from '../routing/health/measured.ts'
import { planRoute } from '../routing/plan-route.ts'
import { NO_ROUTE, type Route } from '../routing/route/route.ts'
import type { Directory, TaskClass } from '../task-class.ts'
import type { Usage } from '../usage.ts'
import { type Lessons, sampleOf } from './lessons.ts'
import { answerOf, type RecordedAttempt, type RecordedCall } from './recorded-call.ts'

/** A call as the other configuration would have planned it. */
export interface Replanned {
  readonly call: RecordedCall
  /** The class that would have served it; absent if the configuration does not have it. */
  readonly taskClass?: TaskClass
  readonly route: Route
  /**
   * Where it would have been answered: at the first candidate that answered this very call, or at least did not fail in it; else at the
   * last one. Absent if there are no candidates.
   */
  readonly endpoint?: Endpoint
  /** What its run would have known of the prompt. */
  readonly known?: KnownPrompt
}

/**
 * Plans each call again. What was known at some time, and how warm a prefix was, goes by the ledger's times, which come from one clock.
 * Only rules with hours go by the time in the call's own record, which is its worker's.
 *
 * @param calls - Oldest first. Those without a record are left out.
 */
export function* replan(
  calls: readonly RecordedCall[],
  directory: Directory,
  roster: Roster,
  lessons: Lessons,
): Generator<Replanned> {
  const memory = new Map<string, KnownPrompt>()
  const health = healthOver(calls, lessons)
  for (const call of calls) {
    const { record } = call
    if (!record) continue
    const lineage = `${call.runKey} ${record.lineage}`
    // A run that began before the first recorded call starts with what it knew then.
    const known = record.known && (knownBeside(memory.get(lineage), record.known.beside) ?? record.known)
    const replanned = replanOne(call, { directory, roster, known, health: health(call.startedAtMs) })
    yield replanned
    const { endpoint } = replanned
    // A run learns from answers alone, and from none that is a summary: that stands in a prompt of its own.
    if (endpoint && call.answeredBy !== undefined && call.sumsUpFor === undefined)
      memory.set(lineage, knownAfter(replanned, endpoint))
  }
}

/** What the run would have known once that endpoint had answered. */
function knownAfter({ call, known }: Replanned, endpoint: Endpoint): KnownPrompt {
  const record = call.record!
  const { inputTokens = record.needs.promptTokens, outputTokens = 0 } = usageOf(call)
  return rememberPrompt(known, {
    endpoint: endpoint.id,
    promptTokens: inputTokens + outputTokens,
    // How long a transcript is stands in no record; only that it has begun counts here.
    length: record.known?.length ?? 1,
    inputTokens,
    heldTokens: inputTokens,
    atMs: call.answeredAtMs ?? call.startedAtMs,
    beside: record.known?.beside,
  })
}

interface Circumstances {
  readonly directory: Directory
  readonly roster: Roster
  readonly known: KnownPrompt | undefined
  readonly health: (endpoint: string) => EndpointHealth
}

function replanOne(call: RecordedCall, { directory, roster, known, health }: Circumstances): Replanned {
  const record = call.record!
  const asked = directory.classes[call.asked]
  if (!asked) return { call, route: NO_ROUTE }
  const { workspace, labels } = call
  const { promptTokens, abilities } = record.needs
  const outputTokens = record.maxOutputTokens ?? asked.maxOutputTokens
  const facts = { promptTokens, abilities, workspace, labels, nowMs: record.atMs, draw: record.draw }
  const steps = classSteps(directory.classes, asked, definedOnly({ ...facts, outputTokens }))
  const passed = [asked, ...steps.map(({ to }) => directory.classes[to]!)]
  const taskClass = passed.at(-1)!
  const served = call.sumsUpFor === undefined ? [] : classesAhead(directory.classes, call.sumsUpFor, facts)
  const policies = policyLevels(directory, {
    workspace,
    classes: [...passed, ...served],
    ...(call.runPolicy && { run: call.runPolicy }),
    ...(record.policy && { call: record.policy }),
  })
  const spender = { workspace, taskClass: taskClass.name, labels, ...(steps.length > 0 && { asked: asked.name }) }
  const needs = needsIn(call, taskClass, moneyLimitsOf(directory.budgets, spender))
  const { endpoints } = roster
  const plan = { endpoints, taskClass, needs, policies, health, draw: record.draw, known, nowMs: call.startedAtMs }
  const route = planRoute(plan, roster)
  return definedOnly({ call, taskClass, route, endpoint: comesTo(call, route), known })
}

function comesTo(call: RecordedCall, { candidates }: Route): Endpoint | undefined {
  const failed = new Set(call.attempts.filter(({ outcome }) => outcome !== 'answered').map(({ endpoint }) => endpoint))
  const answered = answerOf(call)?.endpoint
  return candidates.find(({ id }) => id === answered || !failed.has(id)) ?? candidates.at(-1)
}

function needsIn({ record }: RecordedCall, taskClass: TaskClass, limits: MoneyLimits): CallNeeds {
  const { needs, maxOutputTokens } = record!
  const { moneyLimited: ofRun = needs.knownPrice === true } = record!
  return callNeeds({
    taskClass,
    promptTokens: needs.promptTokens,
    ...(maxOutputTokens !== undefined && { settings: { maxOutputTokens } }),
    tools: needs.abilities.includes('tools'),
    schema: needs.abilities.includes('json-object'),
    images: needs.abilities.includes('images'),
    moneyLimited: limits.moneyLimited || ofRun,
    moneyLimitedAt: limits.moneyLimitedAt,
  })
}

/** What a plan at a time could have known of each endpoint: the attempts that had ended by then. All endpoints count as steady. */
function healthOver(calls: readonly RecordedCall[], lessons: Lessons) {
  const ended = calls
    .flatMap(call => call.attempts.map(attempt => ({ call, attempt })))
    .sort((a, b) => a.attempt.endedAtMs - b.attempt.endedAtMs)
  const windows = new Map<string, Window>()
  const latencies = new Map<string, Latency>()
  let next = 0
  return (nowMs: number) => {
    for (; next < ended.length && ended[next]!.attempt.endedAtMs <= nowMs; next += 1) {
      const { call, attempt } = ended[next]!
      take(call, attempt)
    }
    return (endpoint: string): EndpointHealth => {
      const firstTokenMs = averageLatency(latencies.get(endpoint))
      const window = windows.get(endpoint)
      const measured = window && estimatesOf(window, lessons.measuredOf(endpoint), nowMs)
      return { steady: true, ...(firstTokenMs !== undefined && { firstTokenMs }), ...(measured && { measured }) }
    }
  }

  function take(call: RecordedCall, attempt: RecordedAttempt): void {
    const { endpoint, outcome, firstTokenMs, endedAtMs } = attempt
    if (outcome === 'unknown') return
    const sample = { ...sampleOf(call, attempt), outcome }
    windows.set(endpoint, addSample(windows.get(endpoint) ?? NOTHING_MEASURED, sample, endedAtMs))
    if (firstTokenMs !== undefined) latencies.set(endpoint, addLatency(latencies.get(endpoint), firstTokenMs))
  }
}

/** What the answer used; empty if the call was not answered. */
export function usageOf(call: RecordedCall): Usage {
  return answerOf(call)?.usage ?? {}
}
