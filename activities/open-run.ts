/**
 * Opens a run: checks every name in its terms, sets its budget's limits, looks up its agent.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { promptBounds } from '../src/core/agent/prompt-bounds.ts'
import { budgetProblem } from '../src/core/budgets/budget-problem.ts'
import type { Agent, RegistryPort, SealPort, ToolRecordPort } from '../src/core/ports.ts'
import {
  type AgentPlan,
  DEFAULT_WORKSPACE,
  type OpenRunInput,
  type OpenRunResult,
  type Terms,
} from '../src/core/protocol.ts'
import { outsideClass } from '../src/core/routing/class/model-in-class.ts'
import { boundProblem, labelsProblem } from '../src/core/runs/labels-problem.ts'
import { mustBeSealed } from '../src/core/sealing.ts'
import type { Directory } from '../src/core/task-class.ts'
import { instructed } from './instructions.ts'
import { unknownName } from './names.ts'
import { leaveToOthers } from './other-version.ts'
import { policiesOf, policyProblemOf, type RecordRunPorts, recordRun } from './record-run.ts'

export interface OpenRunPorts extends RecordRunPorts {
  readonly registry: RegistryPort
  readonly toolRecords: Pick<ToolRecordPort, 'begun'>
  readonly seals: SealPort
  /** Whether the namespace that this activity is in has our search attributes. */
  readonly searchAttributes: () => Promise<boolean>
  /** Whether another worker serves the task queue of the activity that asks. */
  readonly othersServe: () => Promise<boolean>
}

/**
 * Opens the run in the store, once however often it is tried. Refuses, by name and with the nearest match, what the
 * configuration does not know: a run that cannot work must not begin.
 */
export function createOpenRun(ports: OpenRunPorts): (input: OpenRunInput) => Promise<OpenRunResult> {
  return async input => {
    await assertKnown(ports, input)
    const agent = input.agent === undefined ? undefined : ports.registry.agent(input.agent)
    const wrong = (await missingHere(ports, input, agent)) ?? (await problemOf(ports, input))
    const { plan, problem = wrong } = agent && wrong === undefined ? instructed(agent, input, ports.now()) : {}
    const { asked } = input.terms.within ?? {}
    if (input.begins && asked) await ports.toolRecords.begun(asked, ports.now())
    // A refused run is recorded too, for whoever looks for it; the workflow closes it at once, or catches that and goes on.
    await recordRun(ports, input)
    if (problem !== undefined) return { kind: 'refused', message: problem }
    const priorities = prioritiesOf(ports.directory)
    const searchAttributes = await ports.searchAttributes()
    return {
      kind: 'opened',
      searchAttributes,
      ...(input.begins && { isStrict: true }),
      ...(input.begins && searchAttributes && { namesWorkspace: true }),
      ...(plan && { agent: planUnder(ports, plan, input.terms) }),
      ...(Object.keys(priorities).length > 0 && { priorities }),
    }
  }
}

/**
 * What has begun before is in its store, and so is the run at the top of a child. A worker with another store would write the run down
 * there a second time, without its transcript and its budget, or refuse it by names that its own app lacks.
 */
async function assertKnown({ ledger }: OpenRunPorts, { run, begins }: OpenRunInput): Promise<void> {
  if (!begins) return ledger.assertOpened(run)
  const { root: id, scope: key } = run
  if (id !== undefined && key !== undefined) await ledger.assertOpened({ id, key })
}

/**
 * Which name in the run's terms this worker does not know, in words; `undefined` if it knows all. A new start with a wrong name is refused
 * at once: people can start it again. A run that has begun, or that code has started, is left to other workers that may know the name.
 */
async function missingHere(
  ports: OpenRunPorts,
  input: OpenRunInput,
  agent: Agent | undefined,
): Promise<string | undefined> {
  const missing = nameProblem(ports, input, agent)
  const { run, workflow, begins, agent: asked = workflow } = input
  const isStart = begins && run.root === undefined && asked === workflow
  if (missing !== undefined && !isStart) await leaveToOthers(Context.current(), missing, ports.now(), ports.othersServe)
  return missing
}

/** Any other reason why the run cannot begin, in words; `undefined` if it can. */
async function problemOf(ports: OpenRunPorts, input: OpenRunInput): Promise<string | undefined> {
  return labelProblem(input) ?? budgetProblem(input.terms.budget ?? {}) ?? (await sealProblem(ports, input))
}

function prioritiesOf({ classes }: Directory): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.values(classes).flatMap(({ name, priority }) => (priority === undefined ? [] : [[name, priority]])),
  )
}

/** A run that has to be sealed must have been from its first payload on, and know of it. */
async function sealProblem(ports: OpenRunPorts, input: OpenRunInput): Promise<string | undefined> {
  const { run } = input
  const isSealed = await ports.seals.isSealed(run.id)
  if (isSealed && !run.sealed)
    return `run ${run.id} has a key from an earlier start and was not started sealed; start it under another id`
  if (isSealed) return undefined
  if (!mustBeSealed(policiesOf(ports, input))) return sealedForkProblem(ports, input)
  return `run ${run.id} is under zero data retention and was started without a key, so what it was given is in Temporal's history unsealed; start it with \`signalbox start\`, or with a client that is connected with its workers' store`
}

/** Without this, somebody without a key could read a sealed run by having a run of their own go on from it. */
async function sealedForkProblem({ ledger }: OpenRunPorts, { run, begins, terms: { forkedFrom } }: OpenRunInput) {
  if (!begins || !forkedFrom || !(await ledger.isSealed(forkedFrom.transcript))) return undefined
  return `run ${run.id} continues from ${forkedFrom.run}, which is sealed, but was started without a key; fork that run with \`signalbox fork\``
}

/** Checks only a new run at the top: a later part continues as it was begun, and a child has the labels of its parent. */
function labelProblem({ run, begins }: OpenRunInput): string | undefined {
  return begins && run.root === undefined ? (labelsProblem(run.labels) ?? boundProblem(run.labels)) : undefined
}

function nameProblem(ports: OpenRunPorts, input: OpenRunInput, agent: Agent | undefined): string | undefined {
  if (input.agent !== undefined && !agent) {
    const known = [...ports.registry.names('agent'), ...(input.workflows ?? [])]
    const what = input.workflows ? 'agent or workflow' : 'agent'
    return unknownName(what, input.agent, known)
  }
  const taskClass = input.terms.taskClass ?? agent?.taskClass
  const { classes, workspaces, endpoints } = ports.directory
  const models = new Set(endpoints.flatMap(({ model, id }) => [model, id]))
  return (
    problemOfName('task class', taskClass, Object.keys(classes)) ??
    problemOfName('task class', agent?.compaction, Object.keys(classes)) ??
    problemOfName('workspace', input.run.workspace, [DEFAULT_WORKSPACE, ...Object.keys(workspaces)]) ??
    problemOfName('model', input.terms.model, [...models]) ??
    outsideProblem(ports, input, taskClass) ??
    policyProblemOf(ports, input)
  )
}

function problemOfName(what: string, name: string | undefined, known: readonly string[]): string | undefined {
  return name === undefined || known.includes(name) ? undefined : unknownName(what, name, known)
}

/** Checks only a run that begins: a later part was served before, and its class may have changed since. */
function outsideProblem({ directory }: OpenRunPorts, { begins, terms }: OpenRunInput, taskClass: string | undefined) {
  if (!begins || terms.model === undefined || taskClass === undefined) return undefined
  return outsideClass(directory, taskClass, terms.model)
}

/** In the class that the terms name, and with how long its prompts may grow at the configured endpoints that the run may ask. */
function planUnder({ directory }: OpenRunPorts, agent: AgentPlan, { taskClass, model }: Terms): AgentPlan {
  const plan = taskClass === undefined ? agent : { ...agent, taskClass }
  const prompt = promptBounds(directory, plan, model)
  return prompt ? { ...plan, prompt } : plan
}
