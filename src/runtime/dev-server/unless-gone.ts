/** What a look at a file or folder found, or `instead` when somebody else removed it meanwhile. */
export async function unlessGone<Found, Instead>(found: Promise<Found>, instead: Instead): Promise<Found | Instead> {
  try {
    return await found
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead
    throw error
  }
}
