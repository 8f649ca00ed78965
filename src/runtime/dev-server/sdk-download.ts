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
  // The parent shows the last line. The SDK says some of its causes twice.
  const [line = ''] = (error as Error).message.split('\n')
  process.stderr.write(`${[...new Set(line.split(': '))].join(': ')}\n`)
  process.exitCode = 1
}
