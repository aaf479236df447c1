using System.Text.Json.Nodes;
using Bridge.Domain.Transcripts;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

/// <summary>Of a turn that was told to a new session, less was heard than was thought when it was told.</summary>
public sealed class OpenAIReplayCorrectionTests
{
    private static readonly TranscriptTurn First = new("a", Speaker.Caller, "Hello?", "");
    private static readonly TranscriptTurn Second = new("b", Speaker.Assistant, "Good day to you.", "");
    private static readonly TranscriptTurn Third = new("c", Speaker.Caller, "A table.", "");

    private readonly OpenAIReplay _replay = new();

    [SetUp]
    public void SetUp() => _ = _replay.Tell([First, Second, Third]).ToList();

    [Test]
    public void A_shorter_text_takes_the_place_of_the_longer_one() =>
        Assert.That(
            Correct(Second with { Heard = "Good", Unheard = "day to you." }),
            Is.EqualTo(new[]
            {
                """{"type":"conversation.item.delete","item_id":"replay_1"}""",
                """{"type":"conversation.item.create","previous_item_id":"replay_0","item":{"id":"replay_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Good"}]}}""",
            }));

    [Test]
    public void The_first_turn_stays_the_first() =>
        Assert.That(Correct(First with { Heard = "Hello" })[1], Does.Contain("\"previous_item_id\":\"root\"").And.Contain("\"id\":\"replay_0\""));

    [Test]
    public void The_last_turn_stays_the_last() =>
        Assert.That(Correct(Third with { Heard = "A" })[1], Does.Contain("\"previous_item_id\":\"replay_1\"").And.Contain("\"id\":\"replay_2\""));

    [Test]
    public void A_turn_of_which_nothing_was_heard_is_only_deleted() =>
        Assert.That(Correct(Second with { Heard = "", Unheard = "Good day to you." }), Is.EqualTo(new[] { """{"type":"conversation.item.delete","item_id":"replay_1"}""" }));

    [Test]
    public void What_follows_a_turn_that_was_deleted_follows_the_one_before_it()
    {
        Correct(Second with { Heard = "" });

        Assert.That(Correct(Third with { Heard = "A" })[1], Does.Contain("\"previous_item_id\":\"replay_0\""));
    }

    [Test]
    public void A_turn_that_was_not_told_is_no_command() => Assert.That(Correct(new TranscriptTurn("z", Speaker.Assistant, "Good", "")), Is.Empty);

    [Test]
    public void A_turn_that_was_left_out_for_its_length_is_no_command()
    {
        var replay = new OpenAIReplay();
        _ = replay.Tell([First, Second with { Heard = new string('x', 30_000) }]).ToList();

        Assert.That(replay.Correct(First with { Heard = "" }), Is.Empty);
    }

    [Test]
    public void A_turn_that_is_as_it_was_told_is_no_command() => Assert.That(Correct(Second with { Unheard = "Anything." }), Is.Empty);

    [Test]
    public void The_same_correction_twice_is_one() =>
        Assert.That((Correct(Second with { Heard = "Good" }).Count, Correct(Second with { Heard = "Good" }).Count), Is.EqualTo((2, 0)));

    [Test]
    public void A_turn_can_be_corrected_again()
    {
        Correct(Second with { Heard = "Good day" });

        Assert.That(Correct(Second with { Heard = "Good" })[1], Does.Contain("\"text\":\"Good\""));
    }

    [Test]
    public void A_turn_that_was_heard_only_after_it_was_told_is_created_in_its_place()
    {
        var replay = new OpenAIReplay();
        _ = replay.Tell([First, Second with { Heard = "" }, Third]).ToList();
        var commands = replay.Correct(Second).Select(c => JsonNode.Parse(c)!).ToList();

        Assert.That(commands.Select(c => $"{c["type"]} {c["previous_item_id"]}"), Is.EqualTo(new[] { "conversation.item.create replay_0" }));
    }

    private List<string> Correct(TranscriptTurn turn) => [.. _replay.Correct(turn).Select(c => Wire.Text(c))];
}
