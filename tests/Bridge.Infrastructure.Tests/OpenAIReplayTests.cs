using System.Text.Json.Nodes;
using Bridge.Domain.Transcripts;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

/// <summary>A conversation that is told to a new session as text. Only what was heard: the rest nobody said.</summary>
public sealed class OpenAIReplayTests
{
    private readonly OpenAIReplay _replay = new();

    [Test]
    public void The_callers_words_are_input_and_the_assistants_are_output_each_after_the_one_before() =>
        AssertCommands(
            _replay.Tell([Caller("a", "Hello?"), Assistant("b", "Good day.", "How can I help?"), Caller("c", "A \"table\" – für zwei.")]),
            """{"type":"conversation.item.create","previous_item_id":"root","item":{"id":"replay_0","type":"message","role":"user","content":[{"type":"input_text","text":"Hello?"}]}}""",
            """{"type":"conversation.item.create","previous_item_id":"replay_0","item":{"id":"replay_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Good day."}]}}""",
            """{"type":"conversation.item.create","previous_item_id":"replay_1","item":{"id":"replay_2","type":"message","role":"user","content":[{"type":"input_text","text":"A \"table\" – für zwei."}]}}""");

    [Test]
    public void A_turn_of_which_nothing_was_heard_is_not_told_and_no_other_follows_it()
    {
        var told = Texts(_replay.Tell([Assistant("a", "", "Good day."), Caller("b", "Hello?"), Assistant("c", "", "Hm."), Caller("d", "Anyone?")]));

        Assert.That(told, Is.EqualTo(new[] { "root > replay_1: Hello?", "replay_1 > replay_3: Anyone?" }));
    }

    [Test]
    public void A_conversation_in_which_nothing_was_heard_is_no_command() =>
        Assert.That(_replay.Tell([Assistant("a", "", "Good day.")]), Is.Empty);

    [Test]
    public void No_conversation_is_no_command() => Assert.That(_replay.Tell([]), Is.Empty);

    [TestCase(10_000, 10_000, 10_000, "0 1 2")]
    [TestCase(10_001, 10_000, 10_000, "1 2")]
    [TestCase(10_000, 20_001, 10_000, "2")]
    [TestCase(1, 30_000, 0, "1")]
    public void Of_a_long_conversation_the_latest_30000_characters_are_told_in_whole_turns(int first, int second, int third, string told)
    {
        var history = new[] { first, second, third }.Select((length, at) => Caller($"i{at}", new string((char)('0' + at), length))).ToList();

        Assert.That(string.Join(' ', Commands(_replay.Tell(history)).Select(c => Text(c)[0])), Is.EqualTo(told));
    }

    [Test]
    public void The_oldest_that_is_told_of_a_long_conversation_is_the_first_there_is()
    {
        var told = Texts(_replay.Tell([Caller("a", new string('a', 20_000)), Caller("b", new string('b', 20_000)), Caller("c", "c")]));

        Assert.That(told.Select(t => t[..16]), Is.EqualTo(new[] { "root > replay_0:", "replay_0 > repla" }));
    }

    [Test]
    public void What_was_not_heard_takes_no_room() =>
        Assert.That(Commands(_replay.Tell([Caller("a", "Hello?"), Assistant("b", "Well", new string('x', 50_000))])), Has.Count.EqualTo(2));

    [TestCase("replay_0", true)]
    [TestCase("item_replay_0", false)]
    [TestCase("Replay_0", false)]
    [TestCase("", false)]
    public void Its_items_are_known_by_their_names(string id, bool ours) => Assert.That(OpenAIReplay.IsOurs(id), Is.EqualTo(ours));

    private static TranscriptTurn Caller(string id, string text) => new(id, Speaker.Caller, text, "");

    private static TranscriptTurn Assistant(string id, string heard, string unheard) => new(id, Speaker.Assistant, heard, unheard);

    private static List<JsonNode> Commands(IEnumerable<byte[]> commands) => [.. commands.Select(c => JsonNode.Parse(c)!)];

    private static string Text(JsonNode command) => command["item"]!["content"]![0]!["text"]!.GetValue<string>();

    private static List<string> Texts(IEnumerable<byte[]> commands) =>
        [.. Commands(commands).Select(c => $"{c["previous_item_id"]} > {c["item"]!["id"]}: {Text(c)}")];

    private static void AssertCommands(IEnumerable<byte[]> actual, params string[] expected)
    {
        var commands = Commands(actual);
        Assert.That(commands, Has.Count.EqualTo(expected.Length));
        foreach (var (command, wanted) in commands.Zip(expected))
            Assert.That(JsonNode.DeepEquals(command, JsonNode.Parse(wanted)), Is.True, command.ToJsonString());
    }
}
