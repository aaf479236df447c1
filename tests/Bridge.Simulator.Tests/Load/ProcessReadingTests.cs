using System.Diagnostics;
using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Tests.Load;

/// <summary>What the operating system says, of this very process.</summary>
internal sealed class ProcessReadingTests
{
    [Test]
    public void Work_is_seen_as_processor_time()
    {
        using var us = Process.GetCurrentProcess();
        var before = ProcessReading.Of(us);
        var after = before;
        while (after.User - before.User < TimeSpan.FromMilliseconds(50) && Stopwatch.GetElapsedTime(before.At) < TimeSpan.FromSeconds(10))
        {
            Thread.SpinWait(1_000_000);
            after = ProcessReading.Of(us);
        }

        Assert.That(after.User - before.User, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(50)));
        Assert.That(after.At, Is.GreaterThan(before.At));
        Assert.That(after.System, Is.GreaterThanOrEqualTo(before.System));
    }

    [Test]
    public void Memory_and_threads_are_those_of_a_running_program()
    {
        using var us = Process.GetCurrentProcess();
        var reading = ProcessReading.Of(us);
        Assert.That(reading.ResidentBytes, Is.InRange(10L << 20, 8L << 30));
        Assert.That(reading.PrivateBytes ?? 0, Is.InRange(0, reading.ResidentBytes));
        Assert.That(reading.Threads, Is.GreaterThan(1));
    }

    [Test]
    public void Memory_that_was_touched_is_counted()
    {
        const int Bytes = 64 << 20;
        using var us = Process.GetCurrentProcess();
        var before = ProcessReading.Of(us).ResidentBytes;
        var memory = GC.AllocateUninitializedArray<byte>(Bytes);
        memory.AsSpan().Fill(1);
        Assert.That(ProcessReading.Of(us).ResidentBytes - before, Is.GreaterThan(Bytes / 2));
        GC.KeepAlive(memory);
    }

    [Test]
    [Platform("Linux")]
    public void Open_files_are_counted()
    {
        using var us = Process.GetCurrentProcess();
        var before = ProcessReading.Of(us).Handles;
        var files = Enumerable.Range(0, 50).Select(_ => File.OpenRead(typeof(ProcessReadingTests).Assembly.Location)).ToList();
        var with = ProcessReading.Of(us).Handles;
        files.ForEach(file => file.Dispose());
        Assert.That(with - before, Is.InRange(40, 60));
    }

    [Test]
    public async Task A_process_that_ended_has_no_reading()
    {
        using var gone = Process.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true })!;
        await gone.StandardOutput.ReadToEndAsync(ModelClient.Limit());
        await gone.WaitForExitAsync(ModelClient.Limit());
        Assert.That(() => ProcessReading.Of(gone), Throws.InvalidOperationException);
    }
}
