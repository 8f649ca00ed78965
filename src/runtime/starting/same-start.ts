/**
 * Whether the run that an id already has is the one that was asked for. Its history says what it was started with, so a start sends
 * nothing more for the comparison, and clients without a store can make it too.
 *
 * @module
 */
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Client } from '@temporalio/client'
import { parseUsd } from '../../core/money/pico.ts'
import { isParts, type Part } from '../../core/parts.ts'
import { type Brief, type Budget, DEFAULT_WORKSPACE, type ForkedFrom, type Terms } from '../../core/protocol.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import { describeUnopened } from '../temporal/describe-known.ts'
import { isNotFound } from '../temporal/grpc-answer.ts'
import { readPayload } from '../temporal/read-payload.ts'
import { type StartedWith, startedWith } from '../temporal/started-with.ts'
import { WrongStart } from '../wrong-start.ts'

/** What was to be started under an id that is taken. */
interface AskedStart {
  readonly workflowId: string
  readonly name: string
  readonly taskQueue: string
  /** As the run would have got it: what is long lies in the store under a digest. */
  readonly brief: Brief<unknown>
  readonly ifExists: 'same' | 'any'
}

/**
 * The outcome of a run that was asked for something else would be taken for that of what was asked now.
 *
 * @throws WrongStart if the run of that id has another name; also if it was started with something else, or nobody here can read with
 * what, unless any run will do.
 */
export async function refuseOther(
  client: Client,
  { workflowId: id, name, taskQueue, brief, ifExists }: AskedStart,
): Promise<void> {
  const { type, firstRunId } = (await describeUnopened(client.workflow.getHandle(id))).workflowExecutionInfo ?? {}
  if (type?.name !== name)
    throw new WrongStart(
      `${id} is already the id of a run of ${type?.name}, so ${name} was not started; give it another id, such as ${name}-${id}`,
    )
  if (ifExists === 'any') return
  const unlike = await difference(client, { id, firstRunId, taskQueue, brief })
  if (unlike === undefined) return
  throw new WrongStart(
    `${id} is already the id of a run of ${name} ${unlike}, so nothing was started. Give this one another id, or go on with that run, whatever it was started with: \`signalbox watch ${shellWord(id)}\`, \`signalbox.run('${id}')\`, or \`signalbox.start\` with \`ifExists: 'any'\``,
  )
}

interface Known {
  readonly id: string
  readonly firstRunId?: string | null | undefined
}

/** In words that have nothing of the content; `undefined` where both are the same. */
async function difference(
  client: Client,
  { id, firstRunId, taskQueue, brief }: Pick<AskedStart, 'taskQueue' | 'brief'> & Known,
): Promise<string | undefined> {
  const { payload, isContinued, taskQueue: queue } = (await beganWith(client, id, firstRunId)) ?? {}
  const was = payload && (await readPayload(client, payload, id))
  if (!was) return 'that cannot be compared with it, because this client cannot read what it was started with'
  const { forkedFrom } = brief.terms ?? {}
  const { payloadConverter } = client.options.loadedDataConverter
  const before: Readonly<Record<string, unknown>> = { ...comparable(was as Brief<unknown>), taskQueue: queue }
  const now = { ...comparable(payloadConverter.fromPayload(payloadConverter.toPayload(brief)!)), taskQueue }
  const unsaid = new Set<string>([
    // Temporal has forgotten how the run began; its later parts have other inputs, and the terms that it began with.
    ...(isContinued ? ['input'] : []),
    // Its limits were those that the other run had then: people may have raised them since.
    ...(forkedFrom && !forkedFrom.ownBudget ? ['budget'] : []),
  ])
  const differs = Object.entries(now).filter(
    ([what, value]) => !unsaid.has(what) && !isDeepStrictEqual(value, before[what]),
  )
  return differs.length > 0
    ? `that was started with something else as its ${differs.map(([what]) => what).join(' and ')}`
    : undefined
}

async function beganWith(
  client: Client,
  workflowId: string,
  runId: string | null | undefined,
): Promise<StartedWith | undefined> {
  if (!runId) return startedWith(client, { workflowId })
  try {
    return await startedWith(client, { workflowId, runId })
  } catch (error) {
    if (!isNotFound(error)) throw error
    return startedWith(client, { workflowId })
  }
}

/** What people decide of a start, with the defaults of what they leave out. */
function comparable({ input, terms }: Brief<unknown>) {
  const { workspace = DEFAULT_WORKSPACE, budget = {}, policy = {}, labels = {}, ...rest }: Terms = terms ?? {}
  const { taskClass, model, longInput } = rest
  const given = [filesByDigest(input), longInput?.digest]
  const forkedFrom = rest.forkedFrom && asked(rest.forkedFrom)
  return { input: given, workspace, budget: inPico(budget), policy, labels, taskClass, model, forkedFrom }
}

/** A client with the store sends digests of files, and one without it the files. What stands beside a digest is an estimate. */
function filesByDigest(input: unknown): unknown {
  if (!isParts(input)) return input
  return input.map(part => (part.type === 'file' ? { ...part, data: digestOf(part.data) } : part))
}

function digestOf(data: Extract<Part, { type: 'file' }>['data']): unknown {
  if (data.type === 'stored') return data.digest
  if (data.type === 'text') return hash('sha256', JSON.stringify(data.text))
  return data.type === 'data' ? hash('sha256', JSON.stringify(data.data)) : data
}

/** `1` is `1.00`. */
function inPico({ usd, onShort = 'refuse', ...limits }: Budget) {
  const parsed = usd === undefined ? undefined : parseUsd(usd)
  return { ...limits, onShort, usd: parsed?.ok ? parsed.pico : usd }
}

/** Without what is worked out for a fork as it begins, which is as old as the fork. */
function asked({ run, step, transcript, say, actAgain }: ForkedFrom) {
  return { run, step, transcript, say, actAgain }
}
