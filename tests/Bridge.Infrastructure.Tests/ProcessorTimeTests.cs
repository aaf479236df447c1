using Bridge.Infrastructure.Machine;

namespace Bridge.Infrastructure.Tests;

/// <summary>What the process has had of the processor, and may have.</summary>
public sealed class ProcessorTimeTests
{
    [TestCase(null, 4)]
    [TestCase("", 4)]
    [TestCase("max 100000\n", 4)]
    [TestCase("50000 100000\n", 0.5)]
    [TestCase("150000 100000\n", 1.5)]
    [TestCase("800000 100000\n", 4)]
    [TestCase("0 100000\n", 4)]
    [TestCase("100000 0\n", 4)]
    [TestCase("much of it\n", 4)]
    public void A_containers_quota_is_a_limit_to_its_cores(string? quota, double cores) => Assert.That(ProcessorTime.CoresOf(4, quota), Is.EqualTo(cores));

    [Test]
    public void Work_is_seen_and_there_is_a_core_to_do_it()
    {
        var processor = new ProcessorTime();
        var before = processor.Used;
        while (processor.Used == before)
            Thread.SpinWait(10_000);

        Assert.That(processor.Used, Is.GreaterThan(before));
        Assert.That(processor.Cores, Is.GreaterThan(0).And.LessThanOrEqualTo(Environment.ProcessorCount));
    }
}
