using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Tests;

/// <summary>Items of several contents, and words without spaces.</summary>
public sealed class TranscriptPartTests
{
    private readonly Transcript _transcript = new();

    [Test]
    public void Each_content_of_an_item_is_cut_at_its_own_position()
    {
        Say(0, "First part.", 1_000, null);
        Say(1, "one two three four", 4_000, 2_000);

        Assert.That(_transcript.Turns().Single(), Is.EqualTo(new TranscriptTurn("item", Speaker.Assistant, "First part. one two", "three four")));
    }

    [Test]
    public void An_item_has_ended_when_all_its_contents_have()
    {
        _transcript.Append(new ItemKey("item", 0), "first");
        Say(1, "second", 1_000, null);
        Assert.That(_transcript.TakeEnded(), Is.Null);

        Say(0, "first", 1_000, null);
        Assert.That(_transcript.TakeEnded()?.Heard, Is.EqualTo("first second"));
        Assert.That(_transcript.MayHaveEnded, Is.True);
        Assert.That(_transcript.TakeEnded(), Is.Null);
        Assert.That(_transcript.MayHaveEnded, Is.False);
    }

    [TestCase(900, 27)]
    [TestCase(500, 15)]
    public void A_language_without_spaces_is_cut_where_the_audio_was(int heardMs, int characters)
    {
        Say(0, new string('\u3042', 30), 1_000, heardMs);

        Assert.That(_transcript.Turns().Single().Heard, Has.Length.EqualTo(characters));
    }

    [Test]
    public void No_character_is_cut_in_two()
    {
        Say(0, string.Concat(Enumerable.Repeat("\U0001F600", 40)), 1_000, 512);

        Assert.That(_transcript.Turns().Single().Heard, Has.Length.EqualTo(40));
    }

    [Test]
    public void The_first_item_of_another_session_stands_behind_what_was_said_before()
    {
        _transcript.Added("old", null, Speaker.Caller);
        _transcript.Complete(new ItemKey("old", 0), Speaker.Caller, "before");
        _transcript.SessionReplaced();
        _transcript.Added("new", null, Speaker.Caller);
        _transcript.Complete(new ItemKey("new", 0), Speaker.Caller, "after");

        Assert.That(_transcript.Turns().Select(t => t.Heard), Is.EqualTo(new[] { "before", "after" }));
    }

    private void Say(int content, string words, int generatedMs, int? heardMs)
    {
        var item = new ItemKey("item", content);
        _transcript.Generated(item, generatedMs * 8);
        _transcript.Complete(item, Speaker.Assistant, words);
        _transcript.Heard(item, heardMs * 8);
    }
}
