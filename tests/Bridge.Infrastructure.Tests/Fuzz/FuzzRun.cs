using System.Diagnostics;
using System.Globalization;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>
/// Feeds a reader made-up input, new each run: nothing may leave it but what it documents, nothing may take it over a second, and it
/// may keep nothing. What it fails at is printed in a form that can be put into the corpus; with <c>FUZZ_SEED</c> a run can be had again.
/// </summary>
internal static class FuzzRun
{
    public const int Inputs = 100_000;

    private const long MostKept = 2 * 1024 * 1024;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(20);

    /// <summary>Makes inputs, each of its own, and has them read; a reader that throws has failed.</summary>
    /// <param name="begin">Makes the source of inputs; all its choices come from the random numbers it is given.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="inputs">How many.</param>
    public static void Over(Func<Random, Func<byte[]>> begin, Action<byte[]> read, int inputs = Inputs)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Out.WriteLine($"FUZZ_SEED={seed}");
        var run = new Run(begin(new Random(seed)), read, inputs);
        var thread = new Thread(run.Work) { IsBackground = true, Name = "fuzz" };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(200)))
        {
            // The thread of a reader that hangs is left to itself.
            if (run.Underway is { } input && run.Elapsed > Stuck)
                Assert.Fail($"An input has not been read in {Stuck.TotalSeconds} s. {Shown(input)}");
        }

        if (run.Failure is { } failure)
            Assert.Fail($"FUZZ_SEED={seed}: {failure}");
        TestContext.Out.WriteLine($"{inputs} inputs; {run.Kept} bytes more are kept at the end than after a tenth of them");
        Assert.That(run.Kept, Is.LessThan(MostKept), $"FUZZ_SEED={seed}: bytes that the reader keeps more after the last tenth than after the first");
    }

    /// <summary>Not an assertion of NUnit's: a hundred thousand of those take longer than what they look at.</summary>
    public static void Check(bool holds, string what)
    {
        if (!holds)
            throw new FuzzFailedException(what);
    }

    private static string Shown(byte[] input)
    {
        var text = string.Concat(input.Take(400).Select(b => b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:X2}"));
        return $"Add to the corpus: Convert.FromBase64String(\"{Convert.ToBase64String(input)}\") // {text}{(input.Length > 400 ? "…" : "")}";
    }

    private sealed class Run(Func<byte[]> next, Action<byte[]> read, int inputs)
    {
        private long _began;

        public string? Failure { get; private set; }

        public byte[]? Underway { get; private set; }

        public long Kept { get; private set; }

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Volatile.Read(ref _began));

        public void Work()
        {
            var memory = 0L;
            for (var i = 0; i < inputs && Failure is null; i++)
            {
                if (i == inputs / 10)
                    memory = GC.GetTotalMemory(forceFullCollection: true);
                Read(next());
            }

            Kept = GC.GetTotalMemory(forceFullCollection: true) - memory;
        }

        private void Read(byte[] input)
        {
            try
            {
                // Somebody else may have had the processor: what was slow is read again, alone.
                for (var tries = 0; TimeOf(input) > Slow; tries++)
                    Check(tries < 2, "took longer than a second, three times");
            }
            catch (Exception e)
            {
                Failure = $"{e}\n{Shown(input)}";
            }
        }

        private TimeSpan TimeOf(byte[] input)
        {
            // Readers write over what they are given.
            var copy = input.ToArray();
            Volatile.Write(ref _began, Stopwatch.GetTimestamp());
            Underway = input;
            read(copy);
            var elapsed = Elapsed;
            Underway = null;
            return elapsed;
        }
    }
}

/// <summary>Something that must hold of what a reader makes of an input does not.</summary>
internal sealed class FuzzFailedException(string what) : Exception(what);
