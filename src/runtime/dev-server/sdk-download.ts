/**
 * Lets the Temporal SDK download its CLI: `node sdk-download.ts <version> <folder>`. The SDK downloads only in order to
 * start a server, so one is started and ended.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [version, downloadDir] = process.argv.slice(2)

try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', version, downloadDir } },
  })
  await environment.teardown()
} catch (error) {
  // The parent shows the last line; the SDK repeats its causes, so the message's end says what happened.
  process.stderr.write(`${(error as Error).message.split('\n')[0]}\n`)
  process.exitCode = 1
}
