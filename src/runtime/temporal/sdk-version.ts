/**
 * An application may have another version of Temporal's SDK than ours, and then both are loaded in one process:
 * docs/decisions/2026-11-27-one-version-of-the-sdk.md.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'

/** What a plug-in joins, and what to do where that has to stay as it is. */
const REMEDIES = {
  Worker: 'serve agents beside it by `createWorker`, which brings its own',
  Client: 'give it to `connect({ client })` instead, which takes one of any version',
} as const

/**
 * What passes between a Worker and its sandbox changes with the SDK, and we bundle our copy of `@temporalio/workflow`: in a Worker of 1.18
 * every workflow's tasks failed for ever, its owner's too. A Client of 1.17 tells a codec of no workflow, so that nothing is sealed.
 *
 * @param part - The Worker, or a connection of it or of the Client.
 * @throws ConfigurationProblem where it is of another minor version than ours; both are named.
 */
export function refuseOtherSdk(joined: keyof typeof REMEDIES, part: object): void {
  if ([Worker, NativeConnection, Connection].some(kind => part instanceof kind)) return
  const [theirs, ours] = [versionBehind(part.constructor), versionBehind(Worker)]
  if (theirs === undefined || ours === undefined || minorOf(theirs) === minorOf(ours)) return
  throw new ConfigurationProblem(
    `the ${joined} that Signalbox's plug-in joins is of Temporal's SDK ${theirs}, and the plug-in needs one of ${minorOf(ours)}: ` +
      `bring your @temporalio packages to ${minorOf(ours)} (\`npm ls @temporalio/common\` then shows one version), ` +
      `or leave the ${joined} as it is and ${REMEDIES[joined]}`,
  )
}

/** Of the package that a class was loaded from; `undefined` where a bundler has taken it out of there. */
function versionBehind(kind: unknown): string | undefined {
  const { cache } = createRequire(import.meta.url)
  const path = Object.keys(cache).find(
    key => MODULE.test(key) && Object.values(Object(cache[key]?.exports)).includes(kind),
  )
  if (path === undefined) return undefined
  return JSON.parse(readFileSync(join(dirname(path), '..', 'package.json'), 'utf8')).version
}

const MODULE = /@temporalio[\\/](?:worker|client)[\\/]lib[\\/](?:worker|connection)\.js$/

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}
