// Chromium as it is started for every run: the system's own, and silent on the network.

/** Launch options of every project. */
export const launchOptions = {
  executablePath: process.env.END2END_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    // Root has no sandbox to offer (containers, CI).
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export const phone = { width: 360, height: 740 };
export const desktop = { width: 1440, height: 900 };
