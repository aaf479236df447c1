using BenchmarkDotNet.Attributes;
using Bridge.Benchmarks.Frames;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Benchmarks.Playback;

/// <summary>What the call itself does for marks, and when the caller speaks over the assistant.</summary>
public class CallPlaybackBenchmarks
{
    /// <summary>A call remembers the last answers that are over, so their names take turns.</summary>
    private static readonly string[] Responses = [.. Enumerable.Range(0, 32).Select(i => $"resp_{i}")];

    private static readonly ItemKey Item = new("item_CiVpJxY4m2LrS6uKf9HgA", 0);
    private static readonly int Second = (int)Pcmu.ToSamples(1_000);

    private readonly TwilioMessageWriter _twilio = new(CallerFrames.StreamSid);
    private readonly byte[] _sent = new byte[512];
    private Call _call = null!;
    private TimeSpan _elapsed;
    private int _count;

    [GlobalSetup]
    public void BothCutAndReturnWhatTheySay()
    {
        _call = NewCall();
        Require.That(MarkReturned() && MarkReturned(), "a second of speech has a mark to return");
        _call = NewCall();
        for (var i = 0; i < 2 * Responses.Length; i++)
        {
            Require.That(Interruption() > 0, "the caller's speech cuts the answer");
            var messages = Sent.Messages(_sent.AsSpan(0, Interruption()));
            Require.That(messages.Count == 2 && messages[0].GetProperty("event").ValueEquals("clear"), "the line is cleared first");
            Require.That(messages[1].GetProperty("audio_end_ms").GetInt32() == 500, "the answer is truncated where it was heard to");
        }

        _call = NewCall();
    }

    /// <summary>A second of speech is sent, is heard, and its mark comes back.</summary>
    [Benchmark]
    public bool MarkReturned()
    {
        var marks = _call.Play(Responses[0], Item, Second, _elapsed).Marks;
        _elapsed += TimeSpan.FromSeconds(1);
        if (marks.After is not { } mark)
            return false;
        _call.MarkReturned(mark, _elapsed);
        return true;
    }

    /// <summary>
    /// An answer of a second, which the caller cuts after half of it, to the <c>clear</c> and the truncation that are sent, and
    /// to its end: from here the next one may begin.
    /// </summary>
    [Benchmark]
    public int Interruption()
    {
        var response = Responses[_count++ % Responses.Length];
        _call.ResponseStarted(response, null, _elapsed);
        _call.Play(response, Item, Second, _elapsed);
        _elapsed += TimeSpan.FromSeconds(0.5);
        var interruption = _call.CallerStartedSpeaking(_elapsed);
        var length = interruption.Clear ? _twilio.Clear().Write(_sent) : 0;
        foreach (var truncation in interruption.Truncations)
            length += new OpenAICommandWriter.Truncate(_count, truncation).Write(_sent.AsSpan(length));
        _elapsed += TimeSpan.FromSeconds(1);
        _call.CallerStoppedSpeaking(_elapsed);
        _call.ResponseFinished(response, ResponseEnding.Cancelled, null, _elapsed);
        return length;
    }

    private static Call NewCall()
    {
        CallIdentity.TryCreate("CA0123456789abcdef0123456789abcdef", CallerFrames.StreamSid, out var identity);
        var call = new Call(identity!);
        call.StreamStarted();
        return call;
    }
}
