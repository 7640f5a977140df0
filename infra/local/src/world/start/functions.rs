//! The functions of a world, and what calls them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lambda_kit::Metrics;
use tokio::sync::watch;

use super::StartError;
use crate::lambda::{FunctionContext, Functions, LANES, Mapping, Position, Progress, StreamMapping};
use crate::targets::Callee;
use crate::template::{Function, STAGE};
use crate::world::World;
use crate::world::options::WorldOptions;

impl World {
    pub(super) async fn make_functions(&mut self, options: &WorldOptions) -> Result<Functions, StartError> {
        let functions = &self.template.functions;
        let variables = functions.iter().map(|it| (it.binary.clone(), it.variables.clone())).collect();
        let metrics = functions.iter().map(|it| (it.binary.clone(), Metrics::new(STAGE, &it.binary)));
        self.metrics = metrics.collect();
        let context = FunctionContext {
            sdk: self.sdk.clone(),
            clock: self.clock.clone(),
            interceptors: options.interceptors.clone(),
            graph_intercept: options.graph_intercept.clone(),
            links: self.links.clone(),
            pages: options.pages.clone(),
            variables: Arc::new(variables),
            metrics: Arc::new(self.metrics.clone()),
        };
        let functions = (options.functions)(context).await.map_err(StartError::Functions)?;
        let binaries = self.template.functions.iter().map(|function| &function.binary);
        self.missing_functions = binaries.filter(|binary| !functions.has(binary)).cloned().collect();
        Ok(functions)
    }

    pub(super) fn map_sources(
        &mut self,
        functions: &Functions,
        data: Option<&Path>,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), StartError> {
        for function in self.template.functions.clone() {
            if let Some(handler) = functions.sqs.get(&function.binary) {
                let invoker = self.invoker(Some(&function));
                for mut source in function.sources.clone() {
                    // Nobody moves a clock by hand while a mapping waits for the machine's.
                    if self.clock.is_manual() {
                        source.window = Duration::ZERO;
                    }
                    self.mapped.push(source.queue.clone());
                    let (sqs, handler, invoker) = (self.sqs.clone(), Arc::clone(handler), invoker.clone());
                    self.tasks.spawn(Mapping { sqs, source, handler, invoker }.run(stop.clone()));
                }
            }
            self.map_streams(&function, functions, data, stop)?;
        }
        Ok(())
    }

    pub(super) fn run_schedules(&mut self, functions: &Functions, stop: watch::Receiver<bool>) {
        let callees = self.template.functions.iter().filter_map(|function| {
            let handler = Arc::clone(functions.schedules.get(&function.binary)?);
            Some((function.id.clone(), Callee { handler, invoker: self.invoker(Some(function)) }))
        });
        self.timetable.targets.know(callees.collect());
        self.tasks.spawn(self.timetable.clone().run(stop));
    }

    fn map_streams(
        &mut self,
        function: &Function,
        functions: &Functions,
        data: Option<&Path>,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), StartError> {
        let Some(handler) = functions.streams.get(&function.binary) else { return Ok(()) };
        let failed = |error| StartError::service("the positions in the streams", error);
        for source in &function.streams {
            for lane in 0..LANES {
                let name = format!("stream-{}-{}-{lane}", function.binary, source.table);
                let mapping = StreamMapping {
                    database: self.dynamo.database().clone(),
                    sqs: self.sqs.clone(),
                    source: source.clone(),
                    function: function.id.clone(),
                    lane,
                    handler: Arc::clone(handler),
                    invoker: self.invoker(Some(function)),
                    position: Position::open(data, &name).map_err(failed)?,
                    progress: Progress::default(),
                };
                self.lanes.push(mapping.progress.clone());
                self.tasks.spawn(mapping.run(self.changes.subscribe(), stop.clone()));
            }
        }
        Ok(())
    }
}
