using System.Globalization;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>What is set and will not do what its owner may expect: said once, at start, and to whoever asks.</summary>
internal sealed partial class OpenAIStartupNotes(
    IOptions<BridgeOptions> bridge, IOptions<OpenAIOptions> openAI, IOptions<AssistantOptions> assistant, ILogger<OpenAIStartupNotes> logger) : IHostedService, IProviderNotes
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var note in Notes())
            LogNote(note.Found, note.Mend);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IEnumerable<SettingNote> Notes()
    {
        if (bridge.Value.Provider != OpenAIRegistration.Name)
            yield break;
        var model = openAI.Value.Model;
        if (OpenAIModels.ShutDownOf(model) is { } day)
        {
            yield return new(
                $"OPENAI_REALTIME_MODEL={model} is shut down on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
                $"set OPENAI_REALTIME_MODEL={OpenAIModels.Current}, its successor");
        }

        if (assistant.Value.Temperature is not null)
            yield return new("OPENAI_TEMPERATURE has no effect: OpenAI's Realtime API has no temperature and refuses a session that names one, so it is not sent", "take it out");
        if (!OpenAIModels.IsVoice(assistant.Value.Voice))
            yield return new($"OPENAI_RESPONSE_VOICE={assistant.Value.Voice} is none of the realtime voices known here; voices of other models were heard as noise", "choose one that the README lists");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Found}: {Mend}")]
    private partial void LogNote(string found, string mend);
}
