import { isOlder, OLDEST_SERVER } from '../dev-server/cli-version.ts'
import { answerUnless, GRPC, type WorkflowConnection } from './grpc-answer.ts'

/** Which server it is that somebody else has started, for people; `undefined` where it does not say. */
export async function serverWords(connection: WorkflowConnection | undefined): Promise<string | undefined> {
  if (!connection) return undefined
  const untold = [GRPC.unimplemented, GRPC.permissionDenied]
  const told = await answerUnless(untold, connection, service => service.getSystemInfo({}))
  if (!told?.serverVersion) return undefined
  const words = `Temporal server ${told.serverVersion}`
  if (!isOlder(told.serverVersion, OLDEST_SERVER)) return words
  return `${words}, older than ${OLDEST_SERVER}, the oldest that Signalbox is tried on`
}
