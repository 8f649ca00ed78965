import { createServer } from 'node:http2'
import { Client } from '@temporalio/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { connectClosably } from '../../../src/runtime/temporal/closable-connection.ts'
import { GRPC } from '../../../src/runtime/temporal/grpc-answer.ts'
import { onFreePort } from '../../support/on-free-port.ts'

it('ends a call that the server leaves without an answer, and none that may be held', async () => {
  const { address, asked } = await serverThatOnlySaysWhatItIs()
  const { connection, close } = await connectClosably({ address }, 100)
  onTestFinished(close)
  const { workflow } = new Client({ connection })
  const held = vi.fn()
  workflow.getHandle('any').result().catch(held)
  const silent = { name: 'ServiceError', cause: { code: GRPC.deadlineExceeded } }
  await expect(workflow.start('any', { workflowId: 'any', taskQueue: 'none' })).rejects.toMatchObject(silent)
  await expect(workflow.getHandle('any').signal('any')).rejects.toMatchObject(silent)
  expect(held).not.toHaveBeenCalled()
  expect(asked.map(path => path.split('/').at(-1))).toEqual([
    'GetSystemInfo',
    'GetWorkflowExecutionHistory',
    'StartWorkflowExecution',
    'SignalWorkflowExecution',
  ])
})

/** As one that is gone without a word once a client is connected. */
async function serverThatOnlySaysWhatItIs() {
  const asked: string[] = []
  const server = createServer()
  server.on('stream', (stream, { ':path': path = '' }) => {
    asked.push(path)
    stream.on('error', () => {})
    if (!path.endsWith('/GetSystemInfo')) return
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    const nothing = Buffer.alloc(5)
    stream.end(nothing)
  })
  const address = await onFreePort(server)
  onTestFinished(() => void server.close())
  return { address, asked }
}
