using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>Faults as a command line names them.</summary>
internal sealed class FaultTextTests
{
    private static readonly string[] Dials =
    [
        "none", "hang", "reset", "refuse 503", "refuse 429 2", "delay 3000", "close 1013", "no-created", "no-updated", "wrong-format",
        "error insufficient_quota", "session stall after response.created",
    ];

    private static readonly string[] Faults =
    [
        "reset", "fin", "close 1011", "stall", "half-open", "stop-reading", "expire", "expire-untold", "errors 3", "unknown-errors 3", "flood 10",
        "error server_error", "shuffle 1", "repeat 2", "trickle 1000", "endless",
    ];

    [Test]
    public void Every_fault_has_words_of_its_own()
    {
        Assert.That(Dials.Select(text => FaultText.Dial(text).Name), Is.Unique);
        Assert.That(Faults.Select(text => FaultText.Session(text).Name), Is.Unique);
    }

    [Test]
    public void A_dial_in_words_changes_the_same_options()
    {
        var refused = FaultText.Dial("refuse 429 2").Change(new FakeModelOptions());
        Assert.That((refused.RefuseWith, refused.RetryAfter), Is.EqualTo((429, 2)));
        Assert.That(FaultText.Dial("delay 3000").Change(new FakeModelOptions()).HandshakeDelay, Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(FaultText.Dial("error insufficient_quota").Change(new FakeModelOptions()).UpdateError, Is.EqualTo(KnownErrors.Fatal[0]));
        Assert.That(FaultText.Dial("session fin before delta 2").Change(new FakeModelOptions()).Faults.Single().Trigger, Is.EqualTo(FaultTrigger.BeforeSent));
    }

    [TestCase("close 1011 after delta 3", FaultTrigger.AfterSent, "response.output_audio.delta", 3)]
    [TestCase("reset before session.updated", FaultTrigger.BeforeSent, "session.updated", 1)]
    [TestCase("stall on response.create 2", FaultTrigger.OnReceived, "response.create", 2)]
    [TestCase("fin after 1500ms", FaultTrigger.AfterTime, null, 1)]
    [TestCase("fin", FaultTrigger.AtOnce, null, 1)]
    public void A_session_s_fault_in_words_says_when(string text, FaultTrigger trigger, string? type, int number)
    {
        var fault = FaultText.Session(text);
        Assert.That((fault.Trigger, fault.Type, fault.Number), Is.EqualTo((trigger, type, number)));
        Assert.That(fault.Time, Is.EqualTo(TimeSpan.FromMilliseconds(trigger == FaultTrigger.AfterTime ? 1500 : 0)));
    }

    [TestCase("")]
    [TestCase("explode")]
    [TestCase("refuse")]
    [TestCase("refuse much")]
    [TestCase("session reset after")]
    [TestCase("session reset after delta 3 4")]
    public void Words_that_nobody_knows_are_refused(string text) => Assert.That(() => FaultText.Dial(text), Throws.InstanceOf<FormatException>());
}
