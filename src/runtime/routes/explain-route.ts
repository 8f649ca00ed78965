/**
 * The plan of a call that nobody makes: which endpoints would be asked in which order, and why not each of the others.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import {
  isWithin,
  type MoneyLimits,
  moneyLimitsOf,
  type SharedBudget,
  type Spender,
} from '../../core/budgets/shared-budget.ts'
import { definedOnly } from '../../core/defined-only.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import type { PolicyAt } from '../../core/policy/policy.ts'
import { policyLevels } from '../../core/policy/policy-levels.ts'
import { DEFAULT_WORKSPACE, type Labels } from '../../core/protocol.ts'
import type { CallNeeds } from '../../core/routing/call/call-needs.ts'
import { callNeeds } from '../../core/routing/call/call-needs.ts'
import { DEFAULT_OUTPUT_TOKENS } from '../../core/routing/call/output-limit.ts'
import { USUAL_CALL } from '../../core/routing/call/usual-call.ts'
import { type ClassStep, classSteps } from '../../core/routing/class/choose-class.ts'
import type { CallFacts } from '../../core/routing/class/rule-conditions.ts'
import type { Rejection } from '../../core/routing/filter/rejection.ts'
import { rejectionWords } from '../../core/routing/filter/rejection-words.ts'
import { UNTRIED_ENDPOINT } from '../../core/routing/health/health-view.ts'
import { planRoute } from '../../core/routing/plan-route.ts'
import type { Directory, TaskClass } from '../../core/task-class.ts'
import { meantOrAll } from '../../core/words/did-you-mean.ts'
import { sentReasoning } from '../../providers/prepare/reasoning.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'

/** The call to plan. */
export interface Question {
  readonly taskClass: string
  readonly promptTokens: number
  /** @defaultValue the class's own */
  readonly outputTokens?: number
  readonly tools?: boolean
  readonly schema?: boolean
  readonly images?: boolean
  /** As in a run with a money limit. */
  readonly moneyLimited?: boolean
  readonly workspace?: string
  /** Of the run and the call: budgets may be of a label. */
  readonly labels?: Labels
  /** Milliseconds since the epoch, for rules by the hour. @defaultValue now */
  readonly atMs?: number
  /** In [0, 1): what a run draws once for its weighted choices. @defaultValue 0.5 */
  readonly draw?: number
}

/** An endpoint that was rejected, with the rule as data and in words. */
interface ExplainedRejection {
  readonly endpoint: Endpoint
  readonly rejection: Rejection
  readonly found: string
  /** The one change that would admit it. */
  readonly change: string
}

/** An endpoint, and how hard it would be asked to think: not every model takes what the class says. */
export type ExplainedCandidate = Endpoint & Pick<TaskClass, 'reasoning'>

/** Candidates and rejections together are all endpoints of the configuration, each once. */
export interface Explanation {
  /** The class that serves the call. */
  readonly taskClass: TaskClass
  /** How rules and splits have led there from the class that was asked for. */
  readonly ways: readonly ClassStep[]
  readonly needs: CallNeeds
  /** Best first. */
  readonly candidates: readonly ExplainedCandidate[]
  readonly rejections: readonly ExplainedRejection[]
  /** How many there are in all. */
  readonly endpoints: number
  /** The most output that the call would ask for, where the endpoint and the prompt leave room for it. */
  readonly maxOutputTokens: number
  /** The shared budgets that the call counts towards; one of a provider, where that is asked. */
  readonly budgets: readonly SharedBudget[]
  /** Providers that have no endpoints now, and why. */
  readonly disabled: Configuration['disabled']
}

/**
 * Plans a call as a worker would that has just started.
 *
 * @throws ConfigurationProblem for a class or workspace that does not exist, with the nearest that does.
 */
export function explainRoute({ directory, disabled }: Configuration, question: Question): Explanation {
  const { endpoints, budgets, classes } = directory
  const asked = classOf(directory, question.taskClass)
  const neededOfAsked = needsOf(asked, question, moneyLimitsOf(budgets, spenderOf(asked, question)))
  const ways = classSteps(classes, asked, factsOf(asked, neededOfAsked, question))
  const passed = [asked, ...ways.map(({ to }) => classes[to]!)]
  const taskClass = passed.at(-1)!
  const spender = { ...spenderOf(taskClass, question), ...(ways.length > 0 && { asked: asked.name }) }
  const needs = needsOf(taskClass, question, moneyLimitsOf(budgets, spender))
  const policies = policiesOf(directory, passed, question.workspace)
  const draw = question.draw ?? USUAL_CALL.draw
  const route = planRoute({ endpoints, taskClass, needs, policies, draw, health: () => UNTRIED_ENDPOINT })
  return {
    taskClass,
    ways,
    needs,
    candidates: route.candidates.map(endpoint => ({
      ...endpoint,
      ...definedOnly({ reasoning: sentReasoning(endpoint, taskClass.reasoning) }),
    })),
    rejections: route.rejections.map(({ endpoint, rejection }) => ({
      endpoint,
      rejection,
      // Only rejections that pass by themselves tell a time, and of an untried endpoint there are none.
      ...rejectionWords(endpoint, rejection, taskClass.name, 0),
    })),
    endpoints: endpoints.length,
    maxOutputTokens: question.outputTokens ?? taskClass.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS,
    budgets: budgets.filter(({ scope }) => isWithin(scope, spender)),
    disabled,
  }
}

function needsOf(taskClass: TaskClass, question: Question, limits: MoneyLimits): CallNeeds {
  const { promptTokens, outputTokens, tools, schema, images } = question
  const moneyLimits = { ...limits, moneyLimited: limits.moneyLimited || question.moneyLimited === true }
  const settings = outputTokens === undefined ? {} : { maxOutputTokens: outputTokens }
  return callNeeds({ taskClass, settings, promptTokens, tools, schema, images, ...moneyLimits })
}

function spenderOf({ name }: TaskClass, { workspace = DEFAULT_WORKSPACE, labels = {} }: Question): Spender {
  return { workspace, taskClass: name, labels }
}

function factsOf(asked: TaskClass, { promptTokens, abilities }: CallNeeds, question: Question): CallFacts {
  const { workspace = DEFAULT_WORKSPACE, labels = {}, atMs = Date.now(), draw = USUAL_CALL.draw } = question
  const outputTokens = question.outputTokens ?? asked.maxOutputTokens
  return {
    promptTokens,
    ...(outputTokens !== undefined && { outputTokens }),
    abilities,
    workspace,
    labels,
    nowMs: atMs,
    draw,
  }
}

function classOf({ classes }: Directory, name: string): TaskClass {
  const found = Object.hasOwn(classes, name) ? classes[name] : undefined
  if (found) return found
  throw unknownName('class', name, Object.keys(classes))
}

function policiesOf(
  directory: Directory,
  classes: readonly TaskClass[],
  workspace: string | undefined,
): readonly PolicyAt[] {
  // Every configuration has the workspace `default`, with or without a policy of its own.
  const known = [DEFAULT_WORKSPACE, ...Object.keys(directory.workspaces)]
  if (workspace !== undefined && !known.includes(workspace)) throw unknownName('workspace', workspace, known)
  return policyLevels(directory, { classes, ...(workspace !== undefined && { workspace }) })
}

function unknownName(what: string, name: string, known: readonly string[]): ConfigurationProblem {
  return new ConfigurationProblem(`the configuration has no ${what} '${name}'${meantOrAll(name, known)}`)
}
