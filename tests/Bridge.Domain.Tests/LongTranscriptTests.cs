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

    [Test]
    public void What_was_told_long_ago_is_packed_and_takes_little_more_than_its_letters()
    {
        const int Turns = 1000;
        var words = string.Concat(Enumerable.Repeat("word ", 30)).Trim();
        Hold(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Hold(Turns);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Turns;
        Assert.That(each, Is.LessThan(words.Length + 40), "bytes a turn, of which the letters are 149");
        Assert.That(_transcript.Turns(), Has.Count.EqualTo(100 + Turns).And.All.Property(nameof(TranscriptTurn.Heard)).EqualTo(words));

        void Hold(int turns)
        {
            for (var turn = 0; turn < turns; turn++)
            {
                _transcript.Added($"caller_{turns}_{turn}", null, Speaker.Caller);
                Says($"item_{turns}_{turn}", new string(words));
                while (_transcript.TakeEnded() is not null)
                {
                }
            }
        }
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
