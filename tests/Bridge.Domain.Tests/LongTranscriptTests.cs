using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Tests;

/// <summary>A call of hours is remembered whole, and takes little for it.</summary>
public sealed class LongTranscriptTests
{
    private readonly Transcript _transcript = new();

    [Test]
    public void An_hour_of_talk_is_held_once_and_holds_little_more_than_its_words()
    {
        const int Turns = 600;
        var words = string.Concat(Enumerable.Repeat("word ", 30));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var turn = 0; turn < Turns; turn++)
        {
            var item = new ItemKey($"item_{turn}", 0);
            for (var word = 0; word < 30; word++)
                _transcript.Append(item, "word ");
            _transcript.Complete(item, Speaker.Assistant, new string(words));
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Turns;
        GC.KeepAlive(_transcript);
        Assert.That(each, Is.LessThan(2 * (2 * words.Length)), "bytes a turn, of which the words are 300");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void What_was_told_long_ago_is_packed_and_takes_little_more_than_its_letters(bool withOneThatNeverEnds)
    {
        const int Turns = 5000;
        var words = string.Concat(Enumerable.Repeat("word ", 30)).Trim();
        var last = "";
        if (withOneThatNeverEnds)
            _transcript.Append(new ItemKey(last = "endless", 0), "Well,");
        Hold(200);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Hold(Turns);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Turns;
        Assert.That(each, Is.LessThan(words.Length + 40), "bytes a turn, of which the letters are 149");

        var held = _transcript.Turns().Where(t => t.ItemId != "endless").ToList();
        Assert.That(held, Has.Count.EqualTo(200 + Turns).And.All.Property(nameof(TranscriptTurn.Heard)).EqualTo(words));
        Assert.That(held.Skip(200).Select(t => t.ItemId), Is.EqualTo(Enumerable.Range(0, Turns).Select(turn => $"item_{Turns}_{turn}")));

        void Hold(int turns)
        {
            for (var turn = 0; turn < turns; turn++)
            {
                // The caller's words are not written down.
                _transcript.Added($"caller_{turns}_{turn}", last.Length > 0 ? last : null, Speaker.Caller);
                _transcript.Added(last = $"item_{turns}_{turn}", $"caller_{turns}_{turn}", Speaker.Assistant);
                Says(last, new string(words));
                while (_transcript.TakeEnded() is not null)
                {
                }
            }
        }
    }

    [Test]
    public void An_item_that_names_none_stands_at_the_end_when_the_first_ones_are_packed()
    {
        for (var turn = 0; turn < 100; turn++)
        {
            _transcript.Added($"a{turn}", null, Speaker.Assistant);
            Tell($"a{turn}");
        }

        var expected = Enumerable.Range(0, 48).Reverse().Concat(Enumerable.Range(48, 52)).Select(i => $"a{i}");
        Assert.That(_transcript.Turns().Select(t => t.ItemId), Is.EqualTo(expected));
    }

    [Test]
    public void What_a_lost_session_had_begun_to_say_ends_with_it()
    {
        _transcript.Append(new ItemKey("a1", 0), "One two three four");
        _transcript.Generated("a1", 100);
        _transcript.SessionReplaced();
        Assert.That(_transcript.TakeEnded(), Is.Null, "it is still being heard");

        _transcript.Heard("a1", 50);
        Assert.That(_transcript.TakeEnded(), Is.EqualTo(new TranscriptTurn("a1", Speaker.Assistant, "One two", "three four")));
    }

    [Test]
    public void What_is_packed_stands_where_it_stood_with_all_that_was_known_of_it()
    {
        var expected = new List<TranscriptTurn>();
        for (var turn = 0; turn < 200; turn++)
        {
            _transcript.Complete($"c{turn}", Speaker.Caller, $"Grüße {turn} 😀");
            _transcript.Generated($"a{turn}", 100);
            _transcript.Heard($"a{turn}", 50);
            _transcript.Complete($"a{turn}", Speaker.Assistant, "One two three four");
            expected.Add(new TranscriptTurn($"c{turn}", Speaker.Caller, $"Grüße {turn} 😀", ""));
            expected.Add(new TranscriptTurn($"a{turn}", Speaker.Assistant, "One two", "three four"));
            while (_transcript.TakeEnded() is not null)
            {
            }
        }

        Assert.That(_transcript.Turns(), Is.EqualTo(expected));
    }

    [Test]
    public void A_new_session_s_first_item_stands_behind_all_that_was_said_though_much_of_it_is_packed()
    {
        for (var turn = 0; turn < 100; turn++)
            Tell($"a{turn}");
        _transcript.SessionReplaced();
        for (var turn = 0; turn < 20; turn++)
            Tell($"b{turn}");
        _transcript.Added("first", null, Speaker.Caller);
        _transcript.Complete("first", Speaker.Caller, "Late.");

        var expected = Enumerable.Range(0, 100).Select(i => $"a{i}").Append("first").Concat(Enumerable.Range(0, 20).Select(i => $"b{i}"));
        Assert.That(_transcript.Turns().Select(t => t.ItemId), Is.EqualTo(expected));
    }

    private void Tell(string item)
    {
        Says(item, "Words.");
        Assert.That(_transcript.TakeEnded()?.ItemId, Is.EqualTo(item));
        Assert.That(_transcript.TakeEnded(), Is.Null);
    }

    private void Says(string item, string text)
    {
        _transcript.Generated(item, 8000);
        _transcript.Heard(item, null);
        _transcript.Complete(item, Speaker.Assistant, text);
    }
}
