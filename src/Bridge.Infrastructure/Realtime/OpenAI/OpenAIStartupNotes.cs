using System.Globalization;
using Bridge.Application.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>Says once, at start, what is set and will not do what its owner may expect.</summary>
internal sealed partial class OpenAIStartupNotes(
    IOptions<BridgeOptions> bridge, IOptions<OpenAIOptions> openAI, IOptions<AssistantOptions> assistant, ILogger<OpenAIStartupNotes> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (bridge.Value.Provider != OpenAIRegistration.Name)
            return Task.CompletedTask;
        if (OpenAIModels.ShutDownOf(openAI.Value.Model) is { } day)
            LogShutDown(openAI.Value.Model, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), OpenAIModels.Current);
        if (assistant.Value.Temperature is not null)
            LogTemperature();
        if (!OpenAIModels.IsVoice(assistant.Value.Voice))
            LogVoice(assistant.Value.Voice);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "OPENAI_REALTIME_MODEL={Model} is shut down on {Day}; its successor is {Successor}")]
    private partial void LogShutDown(string model, string day, string successor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "OPENAI_TEMPERATURE has no effect: OpenAI's Realtime API has no temperature and refuses a session that names one. It is not sent")]
    private partial void LogTemperature();

    [LoggerMessage(Level = LogLevel.Warning, Message = "OPENAI_RESPONSE_VOICE={Voice} is none of the realtime voices known here; voices of other models were heard as noise")]
    private partial void LogVoice(string voice);
}
