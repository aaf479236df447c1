using Bridge.Application.Options;
using Bridge.Infrastructure.Realtime.OpenAI;
using Microsoft.Extensions.Logging;

namespace Bridge.Infrastructure.Tests;

/// <summary>What is known of names, and what is said of it at start.</summary>
public sealed class OpenAIModelsTests
{
    private readonly BridgeOptions _bridge = new();
    private readonly OpenAIOptions _openAI = new();
    private readonly AssistantOptions _assistant = new();

    [TestCase("gpt-realtime", "2027-01-20")]
    [TestCase("gpt-realtime-mini", "2027-01-20")]
    [TestCase("gpt-4o-realtime-preview", "2027-01-20")]
    [TestCase("gpt-4o-realtime-preview-2025-06-03", "2027-01-20")]
    [TestCase("gpt-realtime-2.1", null)]
    [TestCase("gpt-realtime-2", null)]
    [TestCase("my-model", null)]
    public void A_model_that_is_to_be_shut_down_has_its_day(string model, string? day) =>
        Assert.That(OpenAIModels.ShutDownOf(model)?.ToString("yyyy-MM-dd"), Is.EqualTo(day));

    [TestCase("alloy", true)]
    [TestCase("marin", true)]
    [TestCase("voice_0123", false)]
    [TestCase("nova", false)]
    [TestCase("Alloy", false)]
    public void Realtime_voices_are_known(string voice, bool known) => Assert.That(OpenAIModels.IsVoice(voice), Is.EqualTo(known));

    [Test]
    public async Task Of_good_settings_nothing_is_said() => Assert.That(await NotesAsync(), Is.Empty);

    [Test]
    public async Task A_model_to_be_shut_down_gives_one_warning_with_the_day()
    {
        _openAI.Model = "gpt-realtime";

        var note = (await NotesAsync()).Single();
        Assert.That(note.Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(note.Text, Does.Contain("2027-01-20").And.Contain("gpt-realtime-2.1").And.Contain("OPENAI_REALTIME_MODEL"));
    }

    [Test]
    public async Task A_temperature_gives_one_warning_that_it_has_no_effect()
    {
        _assistant.Temperature = 0.8;

        var note = (await NotesAsync()).Single();
        Assert.That((note.Level, note.Text.Contains("OPENAI_TEMPERATURE has no effect")), Is.EqualTo((LogLevel.Warning, true)));
    }

    [Test]
    public async Task A_voice_of_another_model_gives_one_warning()
    {
        _assistant.Voice = "nova";

        Assert.That((await NotesAsync()).Single().Text, Does.Contain("OPENAI_RESPONSE_VOICE"));
    }

    [Test]
    public async Task Where_another_provider_answers_nothing_is_said_of_this_one()
    {
        (_bridge.Provider, _openAI.Model, _assistant.Temperature, _assistant.Voice) = ("echo", "gpt-realtime", 1, "nova");

        Assert.That(await NotesAsync(), Is.Empty);
    }

    private async Task<List<(LogLevel Level, string Text)>> NotesAsync()
    {
        var logger = new TestLogger<OpenAIStartupNotes>();
        var notes = new OpenAIStartupNotes(
            Microsoft.Extensions.Options.Options.Create(_bridge),
            Microsoft.Extensions.Options.Options.Create(_openAI),
            Microsoft.Extensions.Options.Options.Create(_assistant),
            logger);
        await notes.StartAsync(CancellationToken.None);
        await notes.StopAsync(CancellationToken.None);
        return logger.Entries;
    }
}
