import { describe, expect, test } from "vitest";
import { verifyPassword } from "../../../../src/modules/auth-basic/verify-password.ts";

/** Made by openssl passwd and by the system's crypt(3). */
const STORED: readonly (readonly [password: string, stored: string])[] = [
  ["secret", "{PLAIN}secret"],
  ["", "{PLAIN}"],
  ["secret", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="],
  ["secret", "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0"],
  ["secret", "$1$abc$iCQ2D3nhptRYi27fDYv2s1"],
  ["secret", "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1"],
  ["secret", "$5$salt$kpa26zwgX83BPSR8d7w93OIXbFt/d3UOTZaAu5vsTM6"],
  ["secret", "$5$rounds=1234$saltstringsaltst$nDv1FGwJxQ5jcNfLT70jktV1wU847AA0JGgOGcXHb87"],
  ["secret", "$6$salt$egUxKNxDs8kPfh8iPMNcosMhb2eWah6d3R44JDm5Rj/j/XWR5E33QPd0YmHXoDHOIDR6kL5D3JcQcz0O8FHE00"],
  ["secret", "$6$rounds=1000$x$0iXvTPIWVHkg6yoVSlOTcEY0CyViwhXpPrHUJOuoFLKbBcWM9S03ZrCHmIxN51kGulOHuZE.4YQhTW5l/ghNC."],
  ["secret", "$5$$o1w7HPzHt8gHmL5zUzDkRqt6Az.BjDfkvuDNNLWnXx5"],
  ["secret", "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/"],
  ["", "$1$abc$Or2rbeUYTvt12aiVzMuS/."],
  ["", "$1$abcdefgh$M55TzYaaccxVGbptZWaxX/"],
  ["", "$5$salt$HrcUzzoef72uxM/YhTU5BAi419Fblqlq//zyM.rIOG0"],
  ["", "$5$rounds=1234$saltstringsaltst$akeUPt9zO3bAj01NCx9aOse2M.dJ74hY88XHrQ/C7z7"],
  ["", "$6$salt$r6qPcj2UeIkfklWHvleGJk8OKTInFYR/fxyuwcC656IWiZBpIFZ9.hMRG2ZQnnyMFrKOe461f9iT9Ljn0wJ5l."],
  ["", "$6$rounds=1000$x$JUgHESfT/mKR2X.Qz/PrkEgBINN.wbH/GsJhhFRcgrb0a4MjVYFixxXtKicccBbv9PSG/n1kVdpVqZiR7Brv1."],
  ["", "$5$$3c2QQ0KjIU1OLtB29cl8Fplc2WN7X89bnoEjaR7tWu."],
  ["", "$apr1$abcdefgh$L.PT565ESX4Tp2bqNs7Ie."],
  ["a", "$1$abc$uAXS.Zj1ZDNcW9iX1TVH2/"],
  ["a", "$1$abcdefgh$jUYc1Xi7pkozuzWQ0Dft71"],
  ["a", "$5$salt$7p0.o3bzi2h7d5cGlDeRN33gONQRpRi7aNgP2TFs9a5"],
  ["a", "$5$rounds=1234$saltstringsaltst$5IoSqS1fGJ74wKrvrK1XxCgVQKMuiaG/UQZ8F4iEpbC"],
  ["a", "$6$salt$TfbP0Ge1gqNJmxZYvNhvDmmKx9BigkML6b3w1kfEiAHpkKpCRu.SKIYV70wlcWGmbdh1koH3a0UmC0b0AcWDQ0"],
  ["a", "$6$rounds=1000$x$Aa7nCEkUJ0sIbDJiTPKvxJucQTKoFOp1EAKMSWqkzdiaRLP2DgJDYs6pDWajTrxeG/i83EPwY2MMnDNRxyT.1."],
  ["a", "$5$$QG6CCM7eJAxpUPcBpn0Z2K29NHtaI6Mk1fCpPrpjdj3"],
  ["a", "$apr1$abcdefgh$G8IsPsylW5ROvIKsQMRG61"],
  ["xxxxxxxxxxxxxxxx", "$1$abc$ykeikgE1MxS0uQItu.yD/0"],
  ["xxxxxxxxxxxxxxxx", "$1$abcdefgh$rLNv7fBM/CccD3X.WJtxl0"],
  ["xxxxxxxxxxxxxxxx", "$5$salt$2/JVWX7.a232VvnFs1lXJQH4Z/nrBF8vvoY1XySLa6."],
  ["xxxxxxxxxxxxxxxx", "$5$rounds=1234$saltstringsaltst$fuSijuNxjEw0jfSi5QRRskq/RiCpgS.H1sYUgXQZK68"],
  ["xxxxxxxxxxxxxxxx", "$6$salt$viYF/7kDNiheAElQ/V5EtAUbc3BjZuix8qpcH8PRoNWQXfuZAbG3e2lIhz880IbaY2c79m1ePEEpN45JF6KHg0"],
  ["xxxxxxxxxxxxxxxx", "$6$rounds=1000$x$GyGqeqWBmDS18eHY7f.SWmLkjzIHyVpIkBr2E3dpH7rsIzpQIFdijtHi3Ndq49.cmfmHNkFRuXC6TUVagcPy90"],
  ["xxxxxxxxxxxxxxxx", "$5$$KJTfM8v5r2yjnYHqf5rGavaczq9Et2tpNoLV27pEW3D"],
  ["xxxxxxxxxxxxxxxx", "$apr1$abcdefgh$R0E65Eb3vdT903fP0jqAA0"],
  ["xxxxxxxxxxxxxxxxx", "$1$abc$eLeCputoeCaJoloscbGQp1"],
  ["xxxxxxxxxxxxxxxxx", "$1$abcdefgh$.9JMu59E71m0Oy.MJm9H71"],
  ["xxxxxxxxxxxxxxxxx", "$5$salt$9Gtof/instKVt9QoorBlW/fmK47LYj9ZWdEQ/QtBw72"],
  ["xxxxxxxxxxxxxxxxx", "$5$rounds=1234$saltstringsaltst$Pcwc8UAqSQAIZbIgRhbKcDnseIU2hxNGAnJoJBxQZ85"],
  ["xxxxxxxxxxxxxxxxx", "$6$salt$R0KbdSD2l/W3E97j7DntZBkoUpQOwIr/0UxGo4.z3YYqhtotaXUivi92tP3om8wJpz1V55CQbujwkph.IKLlv."],
  ["xxxxxxxxxxxxxxxxx", "$6$rounds=1000$x$DJLS4Fm/u1gHMPxrsGgNTm9u7gXxJGtdKH3rxd88j1NlzeQqj1AvnxEiMPQwmF7Aax6fUgDgRAu3z.HkVtbtC/"],
  ["xxxxxxxxxxxxxxxxx", "$5$$AfKQAZATbj6t20BJIjE2VDiJRjTB3svFYjkUSphoqy0"],
  ["xxxxxxxxxxxxxxxxx", "$apr1$abcdefgh$nEC.roMonfRVEvk1l1rnA/"],
  ["pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "$1$abc$hIAfwXWGO4x5zT.tR5jrv/"],
  ["pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "$1$abcdefgh$dPJgIXrVHZhCIP6XXNrG0/"],
  ["pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "$5$salt$gKPnyB4lNeG41MUTbn.zd8nyySq1X6klXVljbUY6FJ4"],
  [
    "pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "$5$rounds=1234$saltstringsaltst$cDJYAa6H6.m2GHuBlchCgEXLMxMW1FPc.iU4KOoBIHC",
  ],
  [
    "pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "$6$salt$nJgNGReBkzy7Nu5XInbHS0Sb/2Fw1cZbPhcZH8KAlnmAf0YQzr4bn2iSlna8HmndIGg3eUNIOcVc7b/WDKxHn.",
  ],
  [
    "pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    "$6$rounds=1000$x$5gaBDXPwzXIkL0P.iOYz4CjzzAtJ4EQ2gz10nxXcr6PzpiiZkznOu3FSJiLMYjEsN6jW21uDmMUrCaQ3LHoGT/",
  ],
  ["pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "$5$$aG75SuYIM6EaJS2ewDT/lQdOfrBG5HWvqOOfXilhdD9"],
  ["pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "$apr1$abcdefgh$3Qanh446K.eMKwYlM1ev0/"],
  ["secret", "$2y$04$6NrH7N5sxRLJ2wfzYD52C./FshRCpgCB/0/I7qwEvK0iBSS1ngJMm"],
  ["", "$2y$04$5VEB8gS5zRzVrY.zuJkJue3Asj8QXsx7L4hATKrsYLb7ERnbgLY/W"],
  [Buffer.from("pässwörd").toString("latin1"), "$2y$04$gm7pRcVnCdkZlwvztqBOd.odptLtXBV2OyHfeSUd/X8pZLTif76Hy"],
  [
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "$2y$04$9YGes2nD9CCie35V91B/9O3kFI0i2QYio0GGmiHXOtiKCPwAtMZ9i",
  ],
  ["secret", "$2a$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"],
  ["secret", "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"],
];

describe("verifyPassword()", () => {
  test.each(STORED)("knows %j by %s", async (password, stored) => {
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(await verifyPassword(`${password}x`, stored)).toBe(false);
    expect(await verifyPassword(password, stored.slice(0, -1))).not.toBe(true);
  });

  test.each(["", "secret", "abNANd1rDfiNc", "$y$j9T$salt$hash", "$9$x", "{MD5}x", "*0"])("does not know how %j is made", (stored) => {
    expect(verifyPassword("secret", stored)).toBe("unknown");
  });

  test.each([
    "{SSHA}",
    "{SSHA}YWJj",
    "{SHA}",
    "$2y$",
    "$2y$05$",
    "$2y$05$abcdefghijklmnopqrstu!OQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a",
    "$apr1$",
    "$apr1$$",
    "$1$",
    "$5$",
    "$6$rounds=$",
    "$6$rounds=1000$",
  ])("nothing opens %j", async (stored) => {
    expect(await verifyPassword("", stored)).toBe(false);
  });

  test("hashes no password past 512 bytes many times", async () => {
    const started = performance.now();
    for (const scheme of ["$apr1$salt$", "$5$salt$", "$6$salt$"]) expect(await verifyPassword("x".repeat(513), `${scheme}x`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(50);
    expect(await verifyPassword("x".repeat(8000), `{PLAIN}${"x".repeat(8000)}`)).toBe(true);
  });

  test("lets others have their turn while it hashes", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await verifyPassword("secret", "$6$rounds=100000$x$y");
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});
