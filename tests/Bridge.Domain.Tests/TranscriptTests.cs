using Bridge.Domain.Transcripts;

namespace Bridge.Domain.Tests;

/// <summary>Both sides' words. A turn reads "A: heard | unheard" for the assistant and "C: words" for the caller.</summary>
public sealed class TranscriptTests
{
    private readonly Transcript _transcript = new();

    [Test]
    public void The_callers_words_come_late_and_stand_before_the_answer_to_them()
    {
        _transcript.Added("u1", null, Speaker.Caller);
        _transcript.Added("a1", "u1", Speaker.Assistant);
        Says("a1", "It is noon.");
        _transcript.Complete("u1", Speaker.Caller, "What time is it?");

        Assert.That(Turns(), Is.EqualTo("C: What time is it? / A: It is noon."));
    }

    [Test]
    public void An_item_stands_behind_the_one_it_names_whenever_it_joins()
    {
        _transcript.Added("a", null, Speaker.Caller);
        _transcript.Added("c", "a", Speaker.Caller);
        _transcript.Added("b", "a", Speaker.Caller);
        foreach (var item in "abc")
            _transcript.Complete($"{item}", Speaker.Caller, $"{item}");

        Assert.That(Turns(), Is.EqualTo("C: a / C: b / C: c"));
    }

    [Test]
    public void An_item_that_names_none_is_the_first()
    {
        _transcript.Added("b", "a", Speaker.Caller);
        _transcript.Added("a", null, Speaker.Caller);
        _transcript.Complete("a", Speaker.Caller, "a");
        _transcript.Complete("b", Speaker.Caller, "b");

        Assert.That(Turns(), Is.EqualTo("C: a / C: b"));
    }

    [Test]
    public void An_item_that_names_an_unknown_one_stands_at_the_end()
    {
        _transcript.Complete("a", Speaker.Caller, "a");
        _transcript.Added("z", "never seen", Speaker.Caller);
        _transcript.Complete("z", Speaker.Caller, "z");

        Assert.That(Turns(), Is.EqualTo("C: a / C: z"));
    }

    [Test]
    public void An_item_that_joins_twice_keeps_its_place()
    {
        _transcript.Added("a", null, Speaker.Caller);
        _transcript.Added("b", "a", Speaker.Caller);
        _transcript.Added("a", "b", Speaker.Caller);
        _transcript.Complete("b", Speaker.Caller, "b");
        _transcript.Complete("a", Speaker.Caller, "a");

        Assert.That(Turns(), Is.EqualTo("C: a / C: b"));
    }

    [TestCase(8000, "A: one two three four", TestName = "Heard_whole_all_words_were_heard")]
    [TestCase(0, "A: | one two three four", TestName = "Nothing_heard_no_word_was_heard")]
    [TestCase(4000, "A: one two | three four", TestName = "Half_heard_half_the_words_were_heard")]
    [TestCase(3000, "A: one | two three four", TestName = "A_word_that_was_cut_was_not_heard")]
    [TestCase(7999, "A: one two three | four", TestName = "Of_the_last_word_a_sample_is_missing_it_was_not_heard")]
    [TestCase(1, "A: | one two three four", TestName = "Of_the_first_word_a_sample_was_heard_it_was_not_heard")]
    public void Cut(int heard, string turn)
    {
        _transcript.Generated("a1", 8000);
        _transcript.Complete("a1", Speaker.Assistant, "one two three four");
        _transcript.Heard("a1", heard);

        Assert.That(Turns(), Is.EqualTo(turn));
    }

    [Test]
    public void Audio_that_came_after_the_cut_counts_to_the_whole()
    {
        _transcript.Generated("a1", 4000);
        _transcript.Heard("a1", 4000);
        _transcript.Generated("a1", 4000);
        _transcript.Complete("a1", Speaker.Assistant, "one two three four");

        Assert.That(Turns(), Is.EqualTo("A: one two | three four"));
    }

    [Test]
    public void What_was_heard_is_decided_once()
    {
        _transcript.Generated("a1", 8000);
        _transcript.Heard("a1", 4000);
        _transcript.Heard("a1", null);
        _transcript.Complete("a1", Speaker.Assistant, "one two three four");

        Assert.That(Turns(), Is.EqualTo("A: one two | three four"));
    }

    [Test]
    public void Without_a_final_text_the_words_that_came_stand()
    {
        _transcript.Generated("a1", 8000);
        _transcript.Append("a1", "one two ");
        _transcript.Append("a1", "three four");
        Assert.That(Turns(), Is.EqualTo("A: one two three four"));

        _transcript.Complete("a1", Speaker.Assistant, null);
        Assert.That(Turns(), Is.EqualTo("A: one two three four"));
    }

    [Test]
    public void The_final_text_stands_for_the_words_that_came()
    {
        _transcript.Append("a1", "one too");
        Says("a1", "one two");

        Assert.That(Turns(), Is.EqualTo("A: one two"));
    }

    [Test]
    public void The_first_final_text_stands()
    {
        Says("a1", "one two");
        _transcript.Complete("a1", Speaker.Assistant, "another");

        Assert.That(Turns(), Is.EqualTo("A: one two"));
    }

    [Test]
    public void Words_that_never_had_audio_were_not_heard()
    {
        _transcript.Append("a1", "one two");

        Assert.That(Turns(), Is.EqualTo("A: | one two"));
    }

    [Test]
    public void A_turn_of_words_alone_ends_when_no_audio_will_come()
    {
        _transcript.Complete("a1", Speaker.Assistant, "one two");
        Assert.That(_transcript.TakeEnded(), Is.Null);
        _transcript.NoMoreAudio();

        Assert.That(_transcript.TakeEnded(), Is.EqualTo(new TranscriptTurn("a1", Speaker.Assistant, "", "one two")));
    }

    [Test]
    public void Items_without_words_are_left_out()
    {
        _transcript.Added("tool", null, Speaker.Assistant);
        _transcript.Complete("blank", Speaker.Caller, "  ");
        _transcript.Complete("u1", Speaker.Caller, "Hello");

        Assert.That(Turns(), Is.EqualTo("C: Hello"));
    }

    [Test]
    public void A_text_without_spaces_is_cut_where_the_audio_was()
    {
        _transcript.Generated("a1", 8000);
        _transcript.Heard("a1", 5000);
        _transcript.Complete("a1", Speaker.Assistant, "Donaudampfschiff");

        Assert.That(Turns(), Is.EqualTo("A: Donaudampf | schiff"));
    }

    [Test]
    public void Words_of_a_caller_that_are_written_down_long_after_all_else_was_told_are_told_too()
    {
        _transcript.Added("c1", null, Speaker.Caller);
        for (var turn = 0; turn < 5; turn++)
        {
            _transcript.Added($"a{turn}", turn == 0 ? "c1" : $"a{turn - 1}", Speaker.Assistant);
            Says($"a{turn}", "Words.");
            Assert.That((_transcript.TakeEnded()?.ItemId, _transcript.TakeEnded()), Is.EqualTo(($"a{turn}", (TranscriptTurn?)null)));
        }

        _transcript.Complete("c1", Speaker.Caller, "Hello?");
        _transcript.Added("c0", null, Speaker.Caller);
        _transcript.Complete("c0", Speaker.Caller, "Me first.");
        Assert.That(new[] { _transcript.TakeEnded()?.ItemId, _transcript.TakeEnded()?.ItemId, _transcript.TakeEnded()?.ItemId }, Is.EqualTo(new[] { "c0", "c1", null }));
    }

    private void Says(string item, string text)
    {
        _transcript.Generated(item, 8000);
        _transcript.Heard(item, null);
        _transcript.Complete(item, Speaker.Assistant, text);
    }

    private string Turns() => string.Join(" / ", _transcript.Turns().Select(InWords));

    private static string InWords(TranscriptTurn turn) =>
        $"{turn.Speaker.ToString()[0]}:{In(" ", turn.Heard)}{In(" | ", turn.Unheard)}";

    private static string In(string before, string words) => words.Length > 0 ? before + words : "";
}
