import proto from '@temporalio/proto'
import type { Asking } from './describe-known.ts'
import { answerUnless, GRPC } from './grpc-answer.ts'

const { HistoryEventFilterType } = proto.temporal.api.enums.v1

/** `unread`: it is encrypted, or gone. */
export type Result = { readonly kind: 'plain'; readonly value: unknown } | { readonly kind: 'unread' }

/** What a workflow that has completed gave, as its last event has it. */
export async function resultOf(
  { connection, options }: Asking,
  execution: proto.temporal.api.common.v1.IWorkflowExecution,
): Promise<Result> {
  const asked = {
    namespace: options.namespace,
    execution,
    historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
  }
  const told = await answerUnless([GRPC.notFound], connection, service => service.getWorkflowExecutionHistory(asked))
  const last = told?.history?.events?.at(-1)?.workflowExecutionCompletedEventAttributes
  const [payload] = last?.result?.payloads ?? []
  const encoding = Buffer.from(payload?.metadata?.encoding ?? []).toString()
  if (encoding === 'binary/null') return { kind: 'plain', value: undefined }
  if (encoding !== 'json/plain') return { kind: 'unread' }
  return { kind: 'plain', value: JSON.parse(Buffer.from(payload?.data ?? []).toString()) }
}
