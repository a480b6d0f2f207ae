package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/supgen/supgen/runtime/kit"
)

// App has a method for each child.
type App struct {
	file  string        // of a Config
	level slog.LevelVar // of the log
}

type Config struct {
	Level slog.Level
	Site  Site
}

// Site is what HTTP needs of a configuration.
type Site struct{ Listen, Greeting string }

type Visits struct{ atomic.Int64 }

func (a *App) Config(ctx context.Context, run ShopConfigRun) error {
	return kit.Config(ctx, run, func(context.Context) (Site, error) {
		text, err := os.ReadFile(a.file)
		if err != nil {
			return Site{}, err
		}
		var config Config
		if err := json.Unmarshal(text, &config); err != nil {
			return Site{}, fmt.Errorf("%s: %w", a.file, err)
		}
		a.level.Set(config.Level) // in place
		return config.Site, nil   // by a restart, if it is another
	}, a.file)
}

func (a *App) Visits(ctx context.Context, run ShopVisitsRun) error {
	run.Ready(new(Visits))
	<-ctx.Done()
	return nil
}

func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, site Site, visits *Visits) error {
	return kit.HTTP(ctx, run, &http.Server{Addr: site.Listen, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s, visitor %d\n", site.Greeting, visits.Add(1))
	})})
}
