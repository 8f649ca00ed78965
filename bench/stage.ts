import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { Closers } from '../src/runtime/closers.ts'
import { withClosers } from '../test/support/with-closers.ts'
import { type Child, startChild } from './child.ts'
import type { BareSettings } from './processes/bare-worker.ts'
import type { OurSettings } from './processes/our-worker.ts'
import { reachServer } from './server.ts'

/** One of the two that are compared. */
export interface Side {
  readonly client: Client
  readonly workflow: string
  readonly taskQueue: string
  readonly worker: Child
  /** The workflow's one argument. */
  readonly argument: (steps: number) => object
}

export interface Stage {
  readonly ours: Side
  readonly bare: Side
  readonly server: string
  close(): Promise<void>
}

export interface StageOptions {
  /** A folder for CPU profiles of our worker. */
  readonly profiles?: string
}

/** Sets the stage; `close` takes down what was set up, also when setting it fails midway. */
export function setStage(options: StageOptions): Promise<Stage> {
  return withClosers(later => build(options, later))
}

async function build({ profiles }: StageOptions, later: Closers['add']): Promise<Omit<Stage, 'close'>> {
  const { temporal, words, folder } = await reachServer(later)
  const start = async (file: string, settings: object, profiled?: string) => {
    const flags = profiled === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiled}`]
    const child = await startChild(file, settings, flags)
    later(() => child.stop())
    return child
  }
  const vendors = await start('vendors.ts', {})
  const mark = `bench-${process.pid}`
  const ourSettings: OurSettings = {
    temporal,
    taskQueue: `${mark}-ours`,
    yaml: configurationOf(String(vendors.ready)),
    store: { path: join(folder, 'signalbox.db') },
    workflows: 'model-loop.ts',
  }
  const bareSettings: BareSettings = { temporal, taskQueue: `${mark}-bare` }
  const ourWorker = await start('our-worker.ts', ourSettings, profiles)
  const bareWorker = await start('bare-worker.ts', bareSettings)
  const connection = await Connection.connect(temporal.client)
  later(() => connection.close())
  const client = new Client({ connection, namespace: temporal.namespace })
  const ours = { workflow: 'modelLoop', taskQueue: ourSettings.taskQueue, worker: ourWorker }
  const bare = { workflow: 'bareLoop', taskQueue: bareSettings.taskQueue, worker: bareWorker }
  return {
    ours: { client, ...ours, argument: steps => ({ input: { steps } }) },
    bare: { client, ...bare, argument: steps => ({ steps }) },
    server: words,
  }
}

function configurationOf(vendorUrl: string): string {
  return `
providers:
  bench:
    protocol: openai-compatible
    baseURL: ${vendorUrl}
    apiKey: none
    models:
      bench/answers:
        upstream: answers
        contextWindow: 200000
        maxOutput: 8192
        price: { input: 1, output: 4 }
classes:
  bench: { models: [bench/answers], maxOutputTokens: 500 }
`
}
