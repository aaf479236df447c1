using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Tests;

/// <summary>One item of the conversation by its name.</summary>
public sealed class TranscriptTurnTests
{
    private readonly Transcript _transcript = new();

    [Test]
    public void It_is_as_it_was_heard()
    {
        _transcript.Generated("a1", 8000);
        _transcript.Heard("a1", 4000);
        _transcript.Complete("a1", Speaker.Assistant, "one two three four");

        Assert.That(_transcript.Turn("a1"), Is.EqualTo(new TranscriptTurn("a1", Speaker.Assistant, "one two", "three four")));
    }

    [Test]
    public void One_that_is_not_known_is_none() => Assert.That(_transcript.Turn("a1"), Is.Null);

    [Test]
    public void Nor_is_one_without_words()
    {
        _transcript.Generated("a1", 8000);

        Assert.That(_transcript.Turn("a1"), Is.Null);
    }

    [Test]
    public void To_look_at_it_does_not_report_it_as_ended()
    {
        _transcript.Complete("u1", Speaker.Caller, "Hello");
        _transcript.Turn("u1");

        Assert.That(_transcript.TakeEnded()?.Heard, Is.EqualTo("Hello"));
    }
}
