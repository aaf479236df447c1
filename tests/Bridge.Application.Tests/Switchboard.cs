using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Microsoft.Extensions.Time.Testing;
using static Microsoft.Extensions.Options.Options;

namespace Bridge.Application.Tests;

/// <summary>A registry of calls with all that it is made of, and one word for each thing that Twilio does with it.</summary>
internal sealed class Switchboard : IDisposable
{
    public Switchboard(BridgeOptions bridge, AdmissionOptions? admission = null, FakeTimeProvider? time = null, TestMetrics? metrics = null, TwilioOptions? twilio = null)
    {
        (Time, Metrics, Admission) = (time ?? new FakeTimeProvider(), metrics ?? new TestMetrics(), admission ?? new AdmissionOptions());
        Tokens = new StreamTokens(Create(Admission), Time);
        Calls = new CallRegistry(Create(bridge), Create(Admission), Create(twilio ?? new TwilioOptions()), Tokens, new BridgeMetrics(Metrics), Time, Logger);
    }

    /// <summary>Settings with no limit but the one on calls at once.</summary>
    public static AdmissionOptions Unlimited => new() { MaxSetupsPerSecond = 0, MaxCallsPerNumber = 0, MaxCallsPerNumberPerHour = 0, MaxHalfOpen = 0 };

    public AdmissionOptions Admission { get; }

    public StreamTokens Tokens { get; }

    public CallRegistry Calls { get; }

    public FakeTimeProvider Time { get; }

    public TestMetrics Metrics { get; }

    public TestLogger<CallRegistry> Logger { get; } = new();

    /// <summary>Have so many streams said nothing yet that no other comes in?</summary>
    public bool IsHalfOpenFull => Admission.MaxHalfOpen > 0 && Calls.HalfOpen >= Admission.MaxHalfOpen;

    /// <summary>A webhook comes.</summary>
    public StreamPromise Promise(string callSid = TestNames.CallSid, string? from = null, TurnedAway? unless = null) =>
        Calls.TryPromise(callSid, TestNames.AccountSid, CallerNumber.Of(from, null, "inbound"), unless);

    /// <summary>A stream comes with a token.</summary>
    public CallRegistry.Place? Bring(string? text, out StreamRefusal refusal) =>
        Calls.TryAdmit(Tokens.Prove(text, out _) ?? throw new ArgumentException("This is not a token of ours.", nameof(text)), out refusal);

    /// <summary>The same, when nobody asks why it was refused.</summary>
    public CallRegistry.Place? Bring(string? text) => Bring(text, out _);

    /// <summary>Why a stream with this token is refused; it must be.</summary>
    public StreamRefusal WhyNot(string? text)
    {
        Assert.That(Bring(text, out var refusal), Is.Null, "let in");
        return refusal;
    }

    /// <summary>A webhook comes and its stream follows at once. Null when it was turned away.</summary>
    public CallRegistry.Place? TryEnter(string callSid = TestNames.CallSid, string? from = null) =>
        Promise(callSid, from).Token is { } token ? Bring(token) : null;

    /// <summary>The same for a call that must be let in.</summary>
    public CallRegistry.Place Enter(string callSid = TestNames.CallSid, string? from = null) =>
        TryEnter(callSid, from) ?? throw new InvalidOperationException("The call was not let in.");

    public void Dispose()
    {
        Calls.Dispose();
        Metrics.Dispose();
    }
}
