/**
 * The codec endpoint of a store.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { cannotListen } from '../cannot-listen.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { readMasterKeys } from '../store/master-keys.ts'
import { openExistingStore } from '../store/open-store.ts'
import { type CodecServer, startCodecServer } from './codec-server.ts'

export interface CodecEndpointOptions {
  readonly port: number
  readonly host?: string
  readonly origins: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface CodecEndpoint extends CodecServer {
  /** Present where none was given: it holds for this process. */
  readonly madeToken?: string
}

/** @throws ConfigurationProblem when there is no master key, without which nothing could be read; StoreProblem. */
export async function startCodecEndpoint({ env, ...options }: CodecEndpointOptions): Promise<CodecEndpoint> {
  if (!readMasterKeys(env))
    throw new ConfigurationProblem(
      'the codec endpoint needs the master key; set SIGNALBOX_MASTER_KEY or SIGNALBOX_MASTER_KEY_FILE',
    )
  const given = env.SIGNALBOX_CODEC_TOKEN
  const token = given || randomBytes(24).toString('base64url')
  const store = await openExistingStore(env)
  const server = await startCodecServer({ ...options, seals: store.seals, token }).catch(async error => {
    await store.close()
    throw cannotListen(error, 'the codec endpoint')
  })
  const close = async () => {
    await server.close()
    await store.close()
  }
  return { url: server.url, close, ...(!given && { madeToken: token }) }
}
