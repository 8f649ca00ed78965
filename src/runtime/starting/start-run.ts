/**
 * The start of a run: what is asked is checked, sealed where it must be, and shortened where it is long, before Temporal has it.
 *
 * @module
 */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Terms } from '../../core/protocol.ts'
import { plainMarkdown } from '../../core/words/markdown.ts'
import { shorten } from '../../core/words/shorten.ts'
import type { WorkflowInputs } from '../../tools/index.ts'
import { checkBrief, shortBrief } from '../given/long-texts.ts'
import type { KnownSeals } from '../seals/known-seals.ts'
import type { LazyStore } from '../store/lazy-store.ts'
import { GRPC, grpcAnswer } from '../temporal/grpc-answer.ts'
import { WrongStart } from '../wrong-start.ts'
import { refuseOther } from './same-start.ts'
import { sealStart } from './seal-start.ts'
import { checkedStart, type StartOptions } from './start-options.ts'

/** What a client starts runs with. */
interface Starting {
  readonly client: Client
  readonly store: LazyStore
  readonly seals: KnownSeals
  readonly taskQueue: string
  readonly inputs?: WorkflowInputs | undefined
}

/** If there is a run of this id, the server has to say so: the key made here is not that run's, and it may be a run of another agent. */
const ONCE = { workflowIdConflictPolicy: 'FAIL', workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const

/** Starts a run unless there is one of that id, which then must have been started alike; gives its id. */
export async function startRun<Input>(
  { client, store, seals, taskQueue, inputs }: Starting,
  name: string,
  options: StartOptions<Input>,
): Promise<string> {
  const { workflowId, asked, dispatch, ifExists } = checkedStart({ name, taskQueue, inputs }, options)
  const kept = await store.ifThere()
  if (!kept) checkBrief(name, asked, kept)
  const place = { namespace: client.options.namespace, workflowId }
  const seal = await sealStart(kept, place, asked.terms)
  // An earlier run of this id may have had another key.
  if (seal) seals.forget(place)
  // After the key is made, which seals long texts in the store; before the run starts, which reads them.
  const brief = await shortBrief(kept, place, asked)
  checkBrief(name, brief, kept)
  const told = { taskQueue, workflowId, args: [brief], staticSummary: summaryOf(name, asked.terms), priority: dispatch }
  try {
    await client.workflow.start(name, { ...told, ...ONCE, ...(seal?.memo && { memo: seal.memo }) })
  } catch (error) {
    // After most other failures the run may have begun, so its key stays: one too many does no harm.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw refusal(name, error) ?? error
    await seal?.undo(client)
    seals.forget(place)
    await refuseOther(client, { workflowId, name, taskQueue, brief, ifExists })
  }
  return workflowId
}

/** What the server will not take, such as an id that is longer than its own limit, in its words. */
function refusal(name: string, error: unknown): WrongStart | undefined {
  const answer = grpcAnswer(error)
  if (answer?.code !== GRPC.invalidArgument) return undefined
  return new WrongStart(`the Temporal server refuses to start ${shorten(name, NAME_SHOWN)}: ${answer.details}`)
}

const NAME_SHOWN = 60

function summaryOf(name: string, { workspace, taskClass, budget, labels }: Terms): string {
  const words = [
    `**${name}**`,
    taskClass ?? '',
    plainMarkdown(workspace ?? ''),
    budget?.usd === undefined ? '' : `$${budget.usd}`,
    ...Object.entries(labels ?? {}).map(([key, value]) => plainMarkdown(`${key}=${value}`)),
  ]
  return words.filter(word => word !== '').join(' · ')
}
